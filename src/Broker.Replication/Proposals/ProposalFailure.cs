namespace Broker.Replication;

/// <summary>Why a proposal was not acknowledged, and what is certain about its entry.</summary>
public enum ProposalFailure : byte
{
    /// <summary>Nothing was appended: this replica does not lead.</summary>
    NotLeader,

    /// <summary>Nothing was appended: the disk refuses appends.</summary>
    StorageFull,

    /// <summary>Nothing was appended: the replica or its broker stops.</summary>
    Stopping,

    /// <summary>It was appended, and has been removed again by another leader: it will never be committed.</summary>
    Truncated,

    /// <summary>It is committed, but too few replicas are in sync to store it as often as was asked for.</summary>
    NotEnoughReplicas,

    /// <summary>It was appended; whether it is or will be committed is not known.</summary>
    Unknown,
}
