namespace Broker.Metadata;

/// <summary>How a change of the metadata voters ended.</summary>
public enum VoterStatus
{
    /// <summary>Committed, and in force wherever a voter answers.</summary>
    Done = 0,

    /// <summary>Asked of a broker that does not lead; nothing was changed.</summary>
    NotLeader = 1,

    /// <summary>It votes already; nothing was changed.</summary>
    AlreadyVotes = 2,

    /// <summary>It does not vote; nothing was changed.</summary>
    NoVoter = 3,

    /// <summary>Not possible as things are; nothing was changed.</summary>
    Refused = 4,

    /// <summary>It may or may not be committed; the list tells.</summary>
    Unknown = 5,
}
