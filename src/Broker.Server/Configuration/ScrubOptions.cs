namespace Broker.Server.Configuration;

/// <summary>How often and how fast a broker reads again what it keeps, to meet damage.</summary>
public sealed record ScrubOptions
{
    /// <summary>From the beginning of one pass to that of the next; zero: never.</summary>
    public required TimeSpan Interval { get; init; }

    public required long BytesPerSecond { get; init; }
}
