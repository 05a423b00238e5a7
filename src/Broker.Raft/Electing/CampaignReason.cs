namespace Broker.Raft;

/// <summary>Why a replica asked for votes.</summary>
public enum CampaignReason : byte
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>It was told to, as the first leader of a new group.</summary>
    Asked,

    /// <summary>No leader was heard for an election timeout.</summary>
    Silence,

    /// <summary>Its leader's process was known to be gone.</summary>
    ProcessGone,

    /// <summary>Its leader handed over.</summary>
    HandedOver,
}
