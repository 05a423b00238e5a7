namespace Broker.Storage;

/// <summary>What reading a frame found.</summary>
public enum FrameStatus
{
    Ok,

    /// <summary>The bytes at hand end before the frame does.</summary>
    Incomplete,

    /// <summary>The length is impossible, or the checksum does not fit.</summary>
    Corrupt,

    /// <summary>
    /// The checksum fits, but the kind is one that this version does not know: written by a newer one.
    /// </summary>
    UnknownKind,
}
