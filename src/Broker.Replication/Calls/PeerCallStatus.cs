namespace Broker.Replication;

/// <summary>How a call ended. Numbers up to <see cref="Busy"/> are part of the peer protocol.</summary>
public enum PeerCallStatus
{
    Ok = 0,

    /// <summary>The peer has no handler for the method.</summary>
    UnknownMethod = 1,

    /// <summary>The handler threw; the peer has logged it. The outcome is unknown.</summary>
    Failed = 2,

    /// <summary>The peer has too many calls in hand; nothing was done.</summary>
    Busy = 3,

    /// <summary>There is no session with the peer; nothing was sent.</summary>
    Unavailable = 4,

    /// <summary>The session ended before the answer; the outcome is unknown.</summary>
    Lost = 5,

    /// <summary>No answer in time; the outcome is unknown.</summary>
    TimedOut = 6,
}
