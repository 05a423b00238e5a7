namespace Broker.Storage;

/// <summary>How a round of writing a log went.</summary>
public enum WriteStatus
{
    Ok,

    /// <summary>
    /// There is no room: what lies beyond the outcome's last index waits, and the next round tries again.
    /// </summary>
    Full,

    /// <summary>The disk refused. As with Full, what lies beyond waits.</summary>
    Failed,
}
