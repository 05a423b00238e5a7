namespace Broker.Metadata;

/// <summary>What became of a proposal.</summary>
public enum ProposeStatus
{
    /// <summary>Committed, and applied here.</summary>
    Committed,

    /// <summary>Not written: this broker does not lead, or not in that term.</summary>
    NotLeader,

    /// <summary>Not written: the records contradict the image, which moved since. Decide again.</summary>
    Conflict,

    /// <summary>Written, but leadership or patience ended first: it may still be committed, or never.</summary>
    Unknown,
}
