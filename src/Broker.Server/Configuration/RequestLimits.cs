namespace Broker.Server.Configuration;

/// <summary>How large requests and responses may be, alone and all together.</summary>
public sealed record RequestLimits
{
    public required int MaxRequestBytes { get; init; }

    public required int MaxPartitions { get; init; }

    public required long QueuedRequestBytes { get; init; }

    public required long QueuedResponseBytes { get; init; }

    public required int MaxFetchBytes { get; init; }
}
