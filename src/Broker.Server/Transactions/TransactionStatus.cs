namespace Broker.Server.Transactions;

/// <summary>How far a transaction has come; the numbers are those of Kafka's records.</summary>
public enum TransactionStatus : sbyte
{
    /// <summary>The id has a producer, which has not begun a transaction.</summary>
    Empty = 0,

    Ongoing = 1,

    /// <summary>Decided for good: the markers are being written.</summary>
    PrepareCommit = 2,

    /// <summary>Decided for good: the markers are being written.</summary>
    PrepareAbort = 3,

    /// <summary>All partitions have their markers.</summary>
    CompleteCommit = 4,

    /// <summary>All partitions have their markers.</summary>
    CompleteAbort = 5,
}
