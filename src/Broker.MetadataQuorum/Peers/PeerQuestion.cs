namespace Broker.MetadataQuorum;

/// <summary>What one broker's metadata room asks another's; the first value of every request.</summary>
internal enum PeerQuestion
{
    /// <summary>Are you empty, or a founder, and who are the founders?</summary>
    Standing = 1,

    /// <summary>What was committed after this index?</summary>
    Follow = 2,

    /// <summary>Up to which index must I have read, to have read everything that is committed now?</summary>
    Barrier = 3,

    /// <summary>Where do you stand, and do you know newer voters than I do?</summary>
    Seat = 4,

    /// <summary>As leader: get ready to become a voter.</summary>
    Offer = 5,

    /// <summary>To the leader: change the voters.</summary>
    Change = 6,
}
