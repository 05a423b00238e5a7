using System.Collections.Immutable;
using Broker.Model;
using Broker.Server.Groups.State;

namespace Broker.Server.Transactions;

/// <summary>What the last record of a transactional id says of it.</summary>
internal sealed record TransactionState(string Id)
{
    public static readonly ImmutableSortedSet<TopicPartition> NoPartitions =
        ImmutableSortedSet.Create<TopicPartition>(ByTopic.Order);

    public required ProducerId Producer { get; init; }

    /// <summary>Of the producer that may write now; while an abort that fences is under way, none may.</summary>
    public required short Epoch { get; init; }

    /// <summary>
    /// What the producer had before it asked for the epoch that it has; -1 if that was given to another one. Asked for
    /// again with it, the answer is the same.
    /// </summary>
    public short LastEpoch { get; init; } = -1;

    /// <summary>The id whose epochs were used up; -1 if there was none.</summary>
    public ProducerId Previous { get; init; } = ProducerId.None;

    /// <summary>Milliseconds.</summary>
    public required int Timeout { get; init; }

    public required TransactionStatus Status { get; init; }

    /// <summary>All that hold a part of it, and have to get its marker.</summary>
    public ImmutableSortedSet<TopicPartition> Partitions { get; init; } = NoPartitions;

    /// <summary>Unix milliseconds.</summary>
    public required long UpdatedAt { get; init; }

    /// <summary>
    /// The number of the last transaction: Unix milliseconds of its beginning, and greater than that of the one before
    /// whatever the clock says. -1 if there was none yet.
    /// </summary>
    public long Number { get; init; } = -1;

    public bool IsEnding => Status is TransactionStatus.PrepareCommit or TransactionStatus.PrepareAbort;

    public bool IsCommit => Status is TransactionStatus.PrepareCommit or TransactionStatus.CompleteCommit;
}
