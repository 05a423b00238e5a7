namespace Broker.Replication;

/// <summary>Limits and times of the connections between brokers.</summary>
public sealed record PeerMeshOptions
{
    public static readonly PeerMeshOptions Default = new();

    /// <summary>The longest frame that is accepted, in bytes; a batch at the largest message size has to fit.</summary>
    public int MaxFrameBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of group messages and calls that may wait for one peer; beyond it they are dropped.</summary>
    public int ControlQueueBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Bytes of entries that may wait for one peer; beyond it they are refused, and their group probes again.
    /// </summary>
    public int DataQueueBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Entries handed to the system in one call, in bytes: what a heartbeat has to wait for at most.</summary>
    public int SendBatchBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Calls of one peer in hand at a time; more are answered as busy.</summary>
    public int CallsPerPeer { get; init; } = 256;

    /// <summary>Connections that have not shaken hands yet; more are closed at once.</summary>
    public int PendingHandshakes { get; init; } = 256;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection without any answer for so long is given up (half-open after a partition).</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(5);
}
