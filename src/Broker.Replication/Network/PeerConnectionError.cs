namespace Broker.Replication;

/// <summary>Why a peer could not be reached or was lost. Only the first two speak of the peer's process.</summary>
public enum PeerConnectionError
{
    /// <summary>Nobody listens there.</summary>
    Refused,

    /// <summary>Somebody was there and is gone: reset, or closed in the middle of something.</summary>
    Reset,

    /// <summary>No answer, no route, no such name: says nothing about the process.</summary>
    Unreachable,

    /// <summary>What came is not our protocol, or larger than allowed.</summary>
    Protocol,
}
