namespace Broker.Metadata;

/// <summary>Each maps to one error code of Kafka's.</summary>
public enum RefusalReason
{
    InvalidTopicName,
    TopicAlreadyExists,
    UnknownTopic,
    UnknownTopicId,
    InvalidPartitions,
    InvalidReplicationFactor,
    InvalidReplicaAssignment,
    InvalidConfig,

    /// <summary>The topic is the brokers' own.</summary>
    InternalTopic,
    InvalidRequest,

    /// <summary>There is none that could be cancelled.</summary>
    NoReassignmentInProgress,

    /// <summary>The broker's id is taken by another one that is alive.</summary>
    DuplicateBroker,

    /// <summary>The broker belongs to another cluster.</summary>
    WrongCluster,

    /// <summary>The broker's version does not know the cluster's feature level.</summary>
    UnsupportedLevel,

    /// <summary>The cluster's feature level is older than what was asked for.</summary>
    LevelTooOld,

    /// <summary>The asker's process is not the one that is registered.</summary>
    StaleBroker,

    /// <summary>A feature level that the cluster can't go to.</summary>
    InvalidLevel,

    /// <summary>Replicas would have nowhere to go.</summary>
    NoRoom,
}
