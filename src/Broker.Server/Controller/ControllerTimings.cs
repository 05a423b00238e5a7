namespace Broker.Server.Controller;

/// <summary>The controller's times.</summary>
internal sealed record ControllerTimings
{
    public static readonly ControllerTimings Default = new();

    /// <summary>How often the leader commits reports and judges liveness.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a broker with nothing to report says that it lives.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Silence of this length fences a broker.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long a broker that leaves, and a reservation of producer ids, wait for the next metadata
    /// leader.</summary>
    public TimeSpan Failover { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a client's wish waits for the next metadata leader before its client is told that there is none. More
    /// than the above: waiting costs nobody anything, and many a client gives up at an error.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one call to the leader may take.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(5);
}
