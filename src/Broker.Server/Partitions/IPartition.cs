using Broker.Model;
using Broker.Replication;
using Broker.Storage;

namespace Broker.Server.Partitions;

/// <summary>
/// This broker's replica of a partition, as Kafka clients use it. All members: any thread, and none blocks. Outcomes
/// are
/// values; what is thrown is a broken invariant.
/// </summary>
public interface IPartition
{
    PartitionId Id { get; }

    /// <summary>The log's files; 0 while there is no log yet.</summary>
    long SizeInBytes { get; }

    /// <summary>What this replica knows of its leader.</summary>
    LeaderView Leader { get; }

    /// <summary>
    /// Judges the batch and queues it at its group before it returns: batches are appended in the order of these calls.
    /// Completes when the batch is stored as asked for or refused, at <paramref name="deadline"/> at the latest.
    /// </summary>
    /// <param name="acks">1, or -1 for all.</param>
    /// <param name="deadline">A timestamp of the broker's TimeProvider.</param>
    ValueTask<ProduceOutcome> ProduceAsync(in ProduceBatch batch, short acks, long deadline);

    /// <summary>
    /// Reads whole batches below the high watermark, up to <paramref name="maxBytes"/>; with
    /// <paramref name="atLeastOne"/> the first one however long it is. Synchronous where memory has them, else read
    /// on a disk loop. <paramref name="into"/> holds their buffers until it is cleared.
    /// </summary>
    ValueTask<FetchOutcome> ReadAsync(FetchPosition position, int maxBytes, bool atLeastOne, LogSlices into);

    /// <summary>
    /// Wakes the waiter once, at the next advance of high watermark or log start, or change of leadership, and forgets
    /// it.
    /// Watch first, then look: so nothing is missed.
    /// </summary>
    void Watch(PartitionWaiter waiter);

    /// <summary>Forgets a waiter, if it is still there.</summary>
    void Unwatch(PartitionWaiter waiter);

    /// <summary>
    /// Looks for the first record at or after a time in Unix milliseconds, or for a place: -1 the end, -2 the
    /// beginning,
    /// -3 the largest timestamp, -4 the beginning of what is stored locally, -5 the end of what is tiered (there is no
    /// tier).
    /// Without an epoch a leader's answer is linearizable (ReadIndex). A replica that knows of no leader answers only
    /// what can't change any more.
    /// </summary>
    ValueTask<OffsetOutcome> LookUpAsync(long timestamp, Term expectedEpoch, bool readCommitted);

    /// <summary>
    /// Lets the partition begin at an offset; null: at the high watermark of the moment. Completes when that is
    /// committed and applied here, or refused, or the patience is over (TimedOut: it may still happen).
    /// </summary>
    Task<DeleteOutcome> DeleteRecordsAsync(Offset? before, TimeSpan patience, CancellationToken cancellation);

    /// <summary>Its group as this replica sees it, for people who look; null while it has none.</summary>
    ValueTask<GroupView?> ViewAsync(CancellationToken cancellation);

    /// <summary>Where an epoch ends in this log (KIP-320).</summary>
    ValueTask<EpochEndOutcome> EndOfEpochAsync(Term epoch, Term currentEpoch);
}
