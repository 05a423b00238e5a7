namespace Broker.Server.Configuration;

/// <summary>How large requests and responses may be, alone and all together.</summary>
public sealed record RequestLimits
{
    public required int MaxRequestBytes { get; init; }

    public required int MaxPartitions { get; init; }

    public required long QueuedRequestBytes { get; init; }

    public required long QueuedResponseBytes { get; init; }

    public required int MaxFetchBytes { get; init; }

    /// <summary>So many fetch sessions are remembered.</summary>
    public required int FetchSessions { get; init; }

    /// <summary>How long an unused fetch session keeps its slot against a new one.</summary>
    public required TimeSpan FetchSessionPatience { get; init; }
}
