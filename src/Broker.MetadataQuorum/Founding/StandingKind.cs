namespace Broker.MetadataQuorum;

/// <summary>Where a broker stands towards the metadata group.</summary>
internal enum StandingKind
{
    /// <summary>No metadata here, and no decision yet.</summary>
    Empty = 0,

    /// <summary>A voter since the founding; it knows who founded with it.</summary>
    Founder = 1,

    /// <summary>It follows the log and has no vote.</summary>
    Follower = 2,
}
