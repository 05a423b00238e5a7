using System.Collections.Immutable;
using Broker.Model;
using Broker.Protocol;

namespace Broker.Server.Transactions.Rules;

// What may follow what:
//   (nothing)            → Empty                          a producer's first InitProducerId
//   Empty, Complete*     → Empty                          InitProducerId: the next epoch, or a new id
//   Empty, Complete*     → Ongoing                        the first partition is added
//   Ongoing              → Ongoing                        one more partition
//   Ongoing              → PrepareCommit, PrepareAbort    EndTxn
//   Ongoing              → PrepareAbort, next epoch       InitProducerId, or its time is over: the producer is fenced
//   PrepareCommit        → CompleteCommit                 all partitions have their markers
//   PrepareAbort         → CompleteAbort
//   Empty, Complete*     → (nothing)                      unused for too long
// Nothing else. What is prepared is done: neither a request nor a timeout changes it.

/// <summary>
/// Decides about transactions: pure functions of what the last record says, of the request and of the time. Error codes
/// are Kafka's for the newest versions of its requests.
/// </summary>
internal static class TransactionRules
{
    /// <summary>The last epoch that a producer is given; the one behind it is left to fence it.</summary>
    public const short LastEpochGiven = short.MaxValue - 1;

    /// <summary>A producer wants to begin, or to go on after an error.</summary>
    /// <param name="state">Null: nothing is known of the id.</param>
    /// <param name="expected">What the producer has been given, if it has been given something.</param>
    /// <param name="fresh">A new id, if there is one at hand.</param>
    public static TransactionDecision Init(
        TransactionState? state,
        string id,
        int timeout,
        (ProducerId Producer, short Epoch)? expected,
        ProducerId? fresh,
        long now)
    {
        if (state is null)
            return fresh is { } first ? TransactionDecision.Write(Begin(id, first, timeout, now)) : NeedsProducerId;
        if (expected is { } had && IsRepeated(state, had.Producer, had.Epoch))
            return new TransactionDecision(ErrorCode.None, null);
        if (expected is { } known && (known.Producer != state.Producer || known.Epoch != state.Epoch))
            return TransactionDecision.Refuse(ErrorCode.ProducerFenced);
        if (state.IsEnding)
            return TransactionDecision.Refuse(ErrorCode.ConcurrentTransactions);
        if (state.Status == TransactionStatus.Ongoing)
            return new TransactionDecision(ErrorCode.ConcurrentTransactions, Fence(state, now));

        short lastEpoch = expected?.Epoch ?? -1;
        if (state.Epoch < LastEpochGiven)
            return TransactionDecision.Write(Renew(state, state.Producer, (short)(state.Epoch + 1), lastEpoch));
        return fresh is { } next
            ? TransactionDecision.Write(Renew(state, next, 0, lastEpoch) with { Previous = state.Producer })
            : NeedsProducerId;

        TransactionState Renew(TransactionState before, ProducerId producer, short epoch, short last) => before with
        {
            Producer = producer,
            Epoch = epoch,
            LastEpoch = last,
            Timeout = timeout,
            Status = TransactionStatus.Empty,
            UpdatedAt = now,
        };
    }

    public static TransactionDecision Add(
        TransactionState? state,
        ProducerId producer,
        short epoch,
        IReadOnlyCollection<TopicPartition> partitions,
        long now)
    {
        ErrorCode error = Check(state, producer, epoch);
        if (error != ErrorCode.None)
            return TransactionDecision.Refuse(error);
        if (state!.IsEnding)
            return TransactionDecision.Refuse(ErrorCode.ConcurrentTransactions);

        bool isOpen = state.Status == TransactionStatus.Ongoing;
        ImmutableSortedSet<TopicPartition> all = state.Partitions.Union(partitions);
        if (isOpen && all.Count == state.Partitions.Count)
            return new TransactionDecision(ErrorCode.None, null);
        return TransactionDecision.Write(state with
        {
            Status = TransactionStatus.Ongoing,
            Partitions = all,
            UpdatedAt = now,
            Number = isOpen ? state.Number : Math.Max(now, state.Number + 1),
        });
    }

    /// <summary>Whether a producer may write to a partition in the transaction that is open; changes nothing.</summary>
    public static ErrorCode Verify(
        TransactionState? state, ProducerId producer, short epoch, TopicPartition partition)
    {
        ErrorCode error = Check(state, producer, epoch);
        if (error != ErrorCode.None)
            return error;
        if (state!.IsEnding)
            return ErrorCode.ConcurrentTransactions;
        return state.Status == TransactionStatus.Ongoing && state.Partitions.Contains(partition)
            ? ErrorCode.None
            : ErrorCode.InvalidTxnState;
    }

    public static TransactionDecision End(
        TransactionState? state, ProducerId producer, short epoch, bool commit, long now)
    {
        ErrorCode error = Check(state, producer, epoch);
        if (error != ErrorCode.None)
            return TransactionDecision.Refuse(error);

        bool isSame = state!.IsCommit == commit;
        return state.Status switch
        {
            TransactionStatus.Ongoing => TransactionDecision.Write(Prepare(state, epoch, commit, now)),
            TransactionStatus.CompleteCommit or TransactionStatus.CompleteAbort when isSame =>
                new TransactionDecision(ErrorCode.None, null),
            TransactionStatus.PrepareCommit or TransactionStatus.PrepareAbort when isSame =>
                TransactionDecision.Refuse(ErrorCode.ConcurrentTransactions),
            _ => TransactionDecision.Refuse(ErrorCode.InvalidTxnState),
        };
    }

    /// <summary>The time of a transaction is over; null if there is none to end.</summary>
    public static TransactionState? TimeOut(TransactionState state, long now) =>
        state.Status == TransactionStatus.Ongoing ? Fence(state, now) : null;

    /// <summary>Every partition has its marker.</summary>
    public static TransactionState Complete(TransactionState state, long now) => state with
    {
        Status = state.IsCommit ? TransactionStatus.CompleteCommit : TransactionStatus.CompleteAbort,
        Partitions = TransactionState.NoPartitions,
        UpdatedAt = now,
    };

    /// <summary>Whether an id is unused since a time.</summary>
    public static bool IsUnused(TransactionState state, long before) =>
        state.Status != TransactionStatus.Ongoing && !state.IsEnding && state.UpdatedAt < before;

    private static TransactionDecision NeedsProducerId { get; } =
        new(ErrorCode.CoordinatorNotAvailable, null) { NeedsProducerId = true };

    private static TransactionState Begin(string id, ProducerId producer, int timeout, long now) => new(id)
    {
        Producer = producer,
        Epoch = 0,
        Timeout = timeout,
        Status = TransactionStatus.Empty,
        UpdatedAt = now,
    };

    // The next epoch is nobody's: whoever writes with the one that was given is refused from the marker on.
    private static TransactionState Fence(TransactionState state, long now) =>
        Prepare(state, (short)(state.Epoch + 1), commit: false, now) with { LastEpoch = -1 };

    private static TransactionState Prepare(TransactionState state, short epoch, bool commit, long now) => state with
    {
        Status = commit ? TransactionStatus.PrepareCommit : TransactionStatus.PrepareAbort,
        Epoch = epoch,
        UpdatedAt = now,
    };

    // It has been given its next epoch, and has not heard of it.
    private static bool IsRepeated(TransactionState state, ProducerId producer, short epoch) =>
        state.Status == TransactionStatus.Empty && epoch >= 0 && epoch == state.LastEpoch
        && producer == (state.Epoch == 0 ? state.Previous : state.Producer);

    private static ErrorCode Check(TransactionState? state, ProducerId producer, short epoch)
    {
        if (state is null || state.Producer != producer)
            return ErrorCode.InvalidProducerIdMapping;
        return epoch == state.Epoch ? ErrorCode.None : ErrorCode.ProducerFenced;
    }
}
