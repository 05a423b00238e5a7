using Broker.Model;
using Broker.Replication;
using Broker.Storage;

namespace Broker.Server.Partitions.Reading;

// Who answers what:
//   a leader with an entry of its own term committed: everything (a younger one knows no high watermark that holds)
//   a replica that knows of no leader, if it was that itself or if there can be none (decision 0004), its own term
//     being the client's: what is committed and so the same everywhere, for ever: records below the high watermark that
//     it knows, the log start, and a look-up by time that finds one of those records. Not where the log ends: others
//     may have committed more
//   any other replica: NotLeader

/// <summary>The reading side of a partition: fencing by epoch, and the answers. Any thread.</summary>
internal sealed class PartitionReads(Partition partition, DiskReads diskReads)
{
    public static readonly EpochEnd NoEpochEnd = new(new Term(-1), new Offset(-1));

    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;

    private bool Leads => partition.Status is { IsLeader: true };

    public static FetchOutcome Refuse(PartitionFault fault) =>
        new(fault, new Offset(-1), new Offset(-1), new Offset(-1), null);

    public static OffsetOutcome RefuseLookUp(PartitionFault fault) =>
        new(fault, -1, new Offset(-1), new Term(-1));

    public ValueTask<FetchOutcome> ReadAsync(
        IPartitionReplica replica, in FetchPosition position, int maxBytes, bool atLeastOne, LogSlices into)
    {
        PartitionFault fault = Fence(position.CurrentEpoch, leaderOnly: false);
        if (fault != PartitionFault.None)
            return ValueTask.FromResult(Refuse(fault));

        // In this order: both only go up, so the start is never shown above the high watermark.
        Offset logStart = replica.LogStart;
        Offset lastStable = Offset.Max(partition.LastStable, logStart);
        Offset highWatermark = Offset.Max(partition.HighWatermark, logStart);
        var found = new FetchOutcome(PartitionFault.None, highWatermark, lastStable, logStart, null);
        if (position.LastFetchedEpoch.Value >= 0 && Diverges(replica, position) is { } parting)
        {
            return ValueTask.FromResult(Leads
                ? found with { Diverging = parting }
                : found with { Fault = PartitionFault.LeaderNotReady });
        }

        // A replica that is not the leader may only be late: its high watermark is no end, and no reader is to see one
        // that has gone back.
        Offset end = Leads ? replica.NextOffset : highWatermark;
        if (position.Offset < logStart || position.Offset > end)
        {
            PartitionFault outside = Leads ? PartitionFault.OffsetOutOfRange : PartitionFault.LeaderNotReady;
            return ValueTask.FromResult(found with { Fault = outside });
        }

        Offset limit = position.ReadCommitted ? lastStable : highWatermark;
        if (position.Offset >= limit || maxBytes <= 0)
            return ValueTask.FromResult(found);

        ReadOutcome read = replica.ReadBatches(
            position.Offset, limit, maxBytes, atLeastOne, memoryOnly: true, into);
        return read == ReadOutcome.NotInMemory
            ? new ValueTask<FetchOutcome>(
                ReadFromDiskAsync(replica, position, limit, found, maxBytes, atLeastOne, into))
            : ValueTask.FromResult(Conclude(found, read, position, into));
    }

    public ValueTask<OffsetOutcome> LookUpAsync(
        IPartitionReplica replica, long timestamp, Term expectedEpoch, bool readCommitted)
    {
        PartitionFault fault = Fence(expectedEpoch, leaderOnly: false);
        if (fault != PartitionFault.None)
            return ValueTask.FromResult(RefuseLookUp(fault));
        if (!Leads)
            return new ValueTask<OffsetOutcome>(LookUpWithoutLeaderAsync(replica, timestamp, readCommitted));

        // A client that names the epoch is answered by its leader as that knows it; one that doesn't must not be
        // answered by a
        // leader that is none any more.
        return expectedEpoch.Value >= 0 && timestamp is Latest or Earliest or EarliestLocal
            ? ValueTask.FromResult(AnswerPlace(replica, timestamp, readCommitted))
            : new ValueTask<OffsetOutcome>(
                LookUpSlowlyAsync(replica, timestamp, barrier: expectedEpoch.Value < 0, readCommitted));
    }

    public EpochEndOutcome EndOfEpoch(IPartitionReplica replica, Term epoch, Term currentEpoch)
    {
        PartitionFault fault = Fence(currentEpoch, leaderOnly: true);
        return fault == PartitionFault.None
            ? new EpochEndOutcome(fault, replica.EndOfEpoch(epoch) ?? NoEpochEnd)
            : new EpochEndOutcome(fault, NoEpochEnd);
    }

    private static EpochEnd? Diverges(IPartitionReplica replica, in FetchPosition position)
    {
        EpochEnd? end = replica.EndOfEpoch(position.LastFetchedEpoch);
        return end is { } known && (known.Epoch < position.LastFetchedEpoch || known.End < position.Offset)
            ? known
            : null;
    }

    private async Task<FetchOutcome> ReadFromDiskAsync(
        IPartitionReplica replica,
        FetchPosition position,
        Offset limit,
        FetchOutcome found,
        int maxBytes,
        bool atLeastOne,
        LogSlices into)
    {
        ReadOutcome read = await diskReads.RunAsync(() => replica.ReadBatches(
            position.Offset, limit, maxBytes, atLeastOne, memoryOnly: false, into));
        return Conclude(found, read, position, into);
    }

    private FetchOutcome Conclude(
        in FetchOutcome found, ReadOutcome read, in FetchPosition position, LogSlices into) => read switch
        {
            ReadOutcome.Ok when position.ReadCommitted && into.Bytes > 0 =>
                found with { Aborted = partition.Transactions.Aborted(into.FirstOffset, into.NextOffset) },
            ReadOutcome.Ok => found,
            ReadOutcome.BelowStart => found with { Fault = PartitionFault.OffsetOutOfRange },
            ReadOutcome.Damaged => found with { Fault = PartitionFault.Quarantined },

            // What is committed is never truncated; a read that met a truncation above it is asked again by the client.
            _ => found,
        };

    private async Task<OffsetOutcome> LookUpSlowlyAsync(
        IPartitionReplica replica, long timestamp, bool barrier, bool readCommitted)
    {
        if (barrier && !await replica.ReadBarrierAsync(CancellationToken.None))
            return RefuseLookUp(PartitionFault.NotLeader);

        Offset limit = EndOf(readCommitted);
        switch (timestamp)
        {
            case Latest or Earliest or EarliestLocal or LatestTiered:
                return AnswerPlace(replica, timestamp, readCommitted);
            case MaxTimestamp:
                return Answer(replica, await diskReads.RunAsync(() => replica.FindMaxTimestamp(limit)));
            case >= 0:
                return await RecordLookUp.FindAsync(replica, diskReads, timestamp, limit) is { } found
                    ? At(replica, found.Offset, found.Timestamp)
                    : Answer(replica, null);
            default:
                return RefuseLookUp(PartitionFault.Unsupported);
        }
    }

    private async Task<OffsetOutcome> LookUpWithoutLeaderAsync(
        IPartitionReplica replica, long timestamp, bool readCommitted)
    {
        if (timestamp is Earliest or EarliestLocal)
            return AnswerPlace(replica, timestamp, readCommitted);
        if (timestamp >= 0
            && await RecordLookUp.FindAsync(replica, diskReads, timestamp, EndOf(readCommitted)) is { } found)
        {
            return At(replica, found.Offset, found.Timestamp);
        }

        return RefuseLookUp(PartitionFault.NotLeader);
    }

    private Offset EndOf(bool readCommitted) => readCommitted ? partition.LastStable : partition.HighWatermark;

    private OffsetOutcome AnswerPlace(
        IPartitionReplica replica, long timestamp, bool readCommitted) => timestamp switch
        {
            Latest => new OffsetOutcome(
                PartitionFault.None,
                -1,
                Offset.Max(EndOf(readCommitted), replica.LogStart),
                partition.Leader.Epoch),
            LatestTiered => RefuseLookUp(PartitionFault.None),
            _ => new OffsetOutcome(PartitionFault.None, -1, replica.LogStart, replica.EpochOf(replica.LogStart)),
        };

    private static OffsetOutcome Answer(IPartitionReplica replica, BatchTime? found) => found is { } batch
        ? At(replica, Offset.Max(batch.BaseOffset, replica.LogStart), batch.MaxTimestamp)
        : RefuseLookUp(PartitionFault.None);

    private static OffsetOutcome At(IPartitionReplica replica, Offset offset, long timestamp) =>
        new(PartitionFault.None, timestamp, offset, replica.EpochOf(offset));

    private PartitionFault Fence(Term known, bool leaderOnly)
    {
        if (partition.Status is not { } status)
            return PartitionFault.NotLeader;
        if (!status.IsLeader && (leaderOnly || !partition.ServesWithoutLeader))
            return PartitionFault.NotLeader;
        if (known.Value >= 0 && known < status.Term)
            return status.IsLeader ? PartitionFault.FencedEpoch : PartitionFault.NotLeader;
        if (known.Value >= 0 && known > status.Term)
            return PartitionFault.UnknownEpoch;
        return status is { IsLeader: true, IsLeaderReady: false } ? PartitionFault.LeaderNotReady : PartitionFault.None;
    }
}
