namespace Broker.Server.Partitions.Producers;

/// <summary>What the producer table says of a batch or a marker that wants to be appended.</summary>
public enum SequenceVerdict
{
    /// <summary>
    /// Next in line, or the first of all. Of a producer that was known here and is forgotten, any (KIP-360).
    /// </summary>
    Accept,

    /// <summary>One of the last five: answered with its original offset, once that is committed.</summary>
    Duplicate,

    /// <summary>Something is missing before it, or it is older than the window.</summary>
    OutOfOrder,

    /// <summary>A newer epoch of this producer has written.</summary>
    StaleEpoch,

    /// <summary>It is not transactional, and a transaction of its producer is open.</summary>
    NotOfTransaction,

    /// <summary>A marker of a newer coordinator stands in the log.</summary>
    StaleCoordinator,
}
