using Broker.Protocol;

namespace Broker.Server.Transactions.Rules;

/// <summary>What comes of a request: what is to be written first, if anything, and what is said then.</summary>
/// <param name="Error">Said once <paramref name="Next"/> is committed.</param>
/// <param name="Next">Null: nothing has to be written.</param>
internal readonly record struct TransactionDecision(ErrorCode Error, TransactionState? Next)
{
    /// <summary>It can't be decided without a producer id that was never given to anybody.</summary>
    public bool NeedsProducerId { get; init; }

    public static TransactionDecision Refuse(ErrorCode error) => new(error, null);

    public static TransactionDecision Write(TransactionState next) => new(ErrorCode.None, next);
}
