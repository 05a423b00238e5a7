namespace Broker.MetadataQuorum;

/// <summary>What a committed entry did to the image.</summary>
internal enum EntryEffect
{
    Applied = 0,

    /// <summary>It contradicts an entry before it, and changed nothing.</summary>
    Contradicts = 1,

    /// <summary>It was known before; what it did then is not.</summary>
    Known = 2,
}
