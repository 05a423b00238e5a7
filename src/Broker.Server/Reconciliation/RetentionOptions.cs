namespace Broker.Server.Reconciliation;

/// <summary>When retention looks, and how long a silent producer is remembered.</summary>
internal sealed record RetentionOptions
{
    public static readonly RetentionOptions Default = new();

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>producer.id.expiration.ms</summary>
    public TimeSpan IdleProducers { get; init; } = TimeSpan.FromDays(7);
}
