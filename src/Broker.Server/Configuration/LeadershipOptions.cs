namespace Broker.Server.Configuration;

/// <summary>How leaderships go back to preferred replicas, the first of each list.</summary>
public sealed record LeadershipOptions
{
    public required bool IsRebalanced { get; init; }

    /// <summary>
    /// How long the preferred broker has to be up, and the partition to be led by another, before it goes back.
    /// </summary>
    public required TimeSpan RebalanceDelay { get; init; }

    /// <summary>The most that a broker gives back in a second.</summary>
    public required int RebalanceRate { get; init; }
}
