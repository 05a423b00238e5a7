namespace Broker.Server.Transactions;

/// <summary>Transactions: the topic that keeps them, and how long they may take.</summary>
public sealed record TransactionOptions
{
    /// <summary>False: no client gets as far as a coordinator.</summary>
    public required bool AreServed { get; init; }

    public required int TopicPartitions { get; init; }

    public required int TopicReplicas { get; init; }

    /// <summary>The longest time that a producer may ask for.</summary>
    public required TimeSpan MaxTimeout { get; init; }

    /// <summary>How long an id without a transaction is remembered.</summary>
    public required TimeSpan IdExpiration { get; init; }
}
