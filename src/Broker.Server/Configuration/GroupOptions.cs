namespace Broker.Server.Configuration;

/// <summary>What consumer groups may ask for, and how long they wait.</summary>
public sealed record GroupOptions
{
    /// <summary>How long an empty group waits for more members after the first.</summary>
    public required TimeSpan InitialRebalanceDelay { get; init; }

    public required TimeSpan MinSessionTimeout { get; init; }

    public required TimeSpan MaxSessionTimeout { get; init; }

    /// <summary>Members of one group.</summary>
    public required int MaxSize { get; init; }
}
