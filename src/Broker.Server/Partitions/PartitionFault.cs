namespace Broker.Server.Partitions;

/// <summary>Why a partition did not do what it was asked. Only handlers turn a fault into an error code.</summary>
public enum PartitionFault : byte
{
    None,

    /// <summary>Another replica leads, or none; nothing was written, or what was is certain to be truncated.</summary>
    NotLeader,

    /// <summary>No entry of the leader's own term is committed yet.</summary>
    LeaderNotReady,

    /// <summary>The client knows an older leader epoch than this replica.</summary>
    FencedEpoch,

    /// <summary>The client knows a newer leader epoch than this replica.</summary>
    UnknownEpoch,

    OffsetOutOfRange,

    /// <summary>The outcome is not known: it may still be committed.</summary>
    TimedOut,

    /// <summary>Too few replicas in sync; nothing was written.</summary>
    NotEnoughReplicas,

    /// <summary>Written, but too few replicas in sync to say so in time.</summary>
    NotEnoughReplicasAfterAppend,

    /// <summary>The disk is full or failed; nothing was written.</summary>
    Storage,

    /// <summary>More is waiting at this partition than may; nothing was written, and the client should try again
    /// later.</summary>
    Busy,

    CorruptBatch,

    InvalidRecord,

    BatchTooLarge,

    InvalidTimestamp,

    OutOfOrderSequence,

    InvalidProducerEpoch,

    UnknownProducer,

    /// <summary>The batch is not of the transaction that it would have to be of; nothing was written.</summary>
    NotOfTransaction,

    /// <summary>The transactional id is not given, or belongs to another producer id.</summary>
    UnknownTransaction,

    /// <summary>A format, a codec or a feature that is not served.</summary>
    Unsupported,

    /// <summary>The replica is damaged and waits to be filled by a leader.</summary>
    Quarantined,

    /// <summary>The broker or the replica is stopping; nothing was written.</summary>
    Stopping,

    /// <summary>The topic's cleanup.policy keeps records that a client wants deleted.</summary>
    Policy,
}
