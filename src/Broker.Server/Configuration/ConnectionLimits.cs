namespace Broker.Server.Configuration;

/// <summary>What one client connection may take, and how many there may be.</summary>
public sealed record ConnectionLimits
{
    public required int MaxConnections { get; init; }

    public required int MaxConnectionsPerAddress { get; init; }

    public required int MaxInFlight { get; init; }

    public required int MaxResponseBytes { get; init; }

    public required TimeSpan IdleTime { get; init; }

    public required TimeSpan StallTime { get; init; }
}
