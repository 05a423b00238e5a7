using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Storage;

namespace Broker.Server.Partitions;

/// <summary>What a partition needs of the replica under it: its group, and the reading side of its log. Any
/// thread.</summary>
internal interface IPartitionReplica
{
    ReplicaStatus Status { get; }

    Offset LogStart { get; }

    /// <summary>The end of the log, what is not committed included.</summary>
    Offset NextOffset { get; }

    /// <summary>The log's files.</summary>
    long SizeInBytes { get; }

    /// <summary>Quick. False: the group has too much in hand, and the proposal hears nothing; else the owner calls it
    /// back.</summary>
    bool TryPropose(Proposal proposal);

    /// <summary>Lets the records below an offset, or all that are committed, be gone; see
    /// <see cref="Replica.DeleteRecordsAsync"/>.</summary>
    Task<DeletionAnswer> DeleteRecordsAsync(Offset? before);

    /// <summary>How the log is kept from here on.</summary>
    void Configure(TopicSettings settings);

    /// <summary>Completes when what was committed before the call is applied here; false if this replica does not
    /// lead.</summary>
    Task<bool> ReadBarrierAsync(CancellationToken cancellation);

    /// <summary>Null once it has ended here.</summary>
    Task<GroupView?> ViewAsync(CancellationToken cancellation);

    /// <summary>The offset of an entry; null if it is gone. May block.</summary>
    Offset? OffsetOf(LogIndex index);

    /// <summary>May read files, and so block, unless <paramref name="memoryOnly"/>.</summary>
    ReadOutcome ReadBatches(
        Offset from, Offset limit, int maxBytes, bool atLeastOne, bool memoryOnly, LogSlices into);

    /// <summary>
    /// The first batch that ends behind <paramref name="from"/>, and below the limit, and holds a record at or after
    /// the time. May block.
    /// </summary>
    BatchTime? FindByTimestamp(long timestamp, Offset from, Offset limit);

    /// <summary>The batch below the limit with the largest timestamp. May block.</summary>
    BatchTime? FindMaxTimestamp(Offset limit);

    EpochEnd? EndOfEpoch(Term epoch);

    Term EpochOf(Offset offset);
}
