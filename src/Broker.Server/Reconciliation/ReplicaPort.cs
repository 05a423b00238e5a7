using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Partitions;
using Broker.Storage;

namespace Broker.Server.Reconciliation;

/// <summary>A running replica as its partition sees it.</summary>
internal sealed class ReplicaPort(Replica replica) : IPartitionReplica
{
    public ReplicaStatus Status => replica.Status;

    public Offset LogStart => replica.Log.LogStartOffset;

    public Offset NextOffset => replica.Log.NextOffset;

    public long SizeInBytes => replica.Log.SizeInBytes;

    public bool TryPropose(Proposal proposal) => replica.TryPropose(proposal);

    public Task<DeletionAnswer> DeleteRecordsAsync(Offset? before) => replica.DeleteRecordsAsync(before);

    public void Configure(TopicSettings settings) => replica.Log.Configure(OptionsOf(settings));

    public Task<bool> ReadBarrierAsync(CancellationToken cancellation) => replica.ReadIndexAsync(cancellation);

    public Task<GroupView?> ViewAsync(CancellationToken cancellation) => replica.ViewAsync(cancellation);

    public Offset? OffsetOf(LogIndex index)
    {
        using var slices = new LogSlices();
        ReadOutcome outcome =
            replica.Log.ReadFrames(index, index, int.MaxValue, replica.Log.Truncations, slices);
        return outcome == ReadOutcome.Ok && slices.Entries > 0 ? slices.FirstOffset : null;
    }

    public ReadOutcome ReadBatches(
        Offset from, Offset limit, int maxBytes, bool atLeastOne, bool memoryOnly, LogSlices into) => memoryOnly
            ? replica.Log.TryReadBatchesFromMemory(from, limit, maxBytes, atLeastOne, into)
            : replica.Log.ReadBatches(from, limit, maxBytes, atLeastOne, into);

    public BatchTime? FindByTimestamp(long timestamp, Offset from, Offset limit) =>
        TimeOf(replica.Log.FindByTimestamp(timestamp, from, limit));

    public BatchTime? FindMaxTimestamp(Offset limit) => TimeOf(replica.Log.FindMaxTimestamp(limit));

    public EpochEnd? EndOfEpoch(Term epoch) =>
        replica.Log.EndOffsetForTerm(epoch) is { } end ? new EpochEnd(end.Term, end.End) : null;

    public Term EpochOf(Offset offset) => replica.Log.TermOf(offset);

    internal static LogOptions OptionsOf(TopicSettings settings) => LogOptions.Default with
    {
        SegmentBytes = settings.SegmentBytes,
        SegmentAge = settings.SegmentMs >= TimeSpan.MaxValue.TotalMilliseconds
            ? TimeSpan.MaxValue
            : TimeSpan.FromMilliseconds(settings.SegmentMs),
    };

    private static BatchTime? TimeOf(TimestampHit? hit) =>
        hit is { } batch ? new BatchTime(batch.Offset, batch.MaxTimestamp) : null;
}
