namespace Broker.Server.Elections;

/// <summary>What became of a wish that a partition be led by its preferred replica.</summary>
public enum ElectionOutcome : byte
{
    /// <summary>It leads.</summary>
    Elected,

    /// <summary>It led already.</summary>
    NotNeeded,

    /// <summary>
    /// It is dead, behind, damaged or without room; or nobody leads, and the replicas will elect by themselves.
    /// </summary>
    PreferredNotAvailable,

    /// <summary>Leadership moved meanwhile: whoever was asked does not lead.</summary>
    NotLeader,

    /// <summary>It was begun, and not seen to have ended in time.</summary>
    TimedOut,

    UnknownPartition,
}
