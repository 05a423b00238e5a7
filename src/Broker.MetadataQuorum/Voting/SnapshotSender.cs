using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Broker.MetadataQuorum;

// DotNext 6.12 takes the median of the indexes that a majority answered with, where it needs the least of them. They
// are the same number, but for a voter that was sent a snapshot: it has that and nothing behind it. With five voters an
// entry that two of them have is then "committed". Told that the snapshot is of an older term, DotNext goes on from
// there and does not count the voter yet.

/// <summary>Sends to one voter what DotNext's replication sends, and says no more of a snapshot than is true.</summary>
internal sealed class SnapshotSender(ILogEntryConsumer<IRaftLogEntry, Result<ReplicationStatus>> sender)
    : ILogEntryConsumer<IRaftLogEntry, Result<ReplicationStatus>>
{
    public bool LogEntryMetadataOnly => sender.LogEntryMetadataOnly;

    public async ValueTask<Result<ReplicationStatus>> ReadAsync<TEntry, TList>(
        TList entries, long? snapshotIndex, CancellationToken token)
        where TEntry : notnull, IRaftLogEntry
        where TList : notnull, IReadOnlyList<TEntry>
    {
        Result<ReplicationStatus> result = await sender.ReadAsync<TEntry, TList>(entries, snapshotIndex, token);
        return snapshotIndex is not null && result.Value.Result == HeartbeatResult.ReplicatedWithLeaderTerm
            ? new Result<ReplicationStatus>
            {
                Term = result.Term,
                Value = result.Value with { Result = HeartbeatResult.Replicated },
            }
            : result;
    }
}
