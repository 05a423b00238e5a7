namespace Broker.Protocol.Records;

/// <summary>Why a producer's batch is refused.</summary>
public enum BatchFault : byte
{
    None,

    /// <summary>Its length does not fit the bytes that were sent, or something stands behind it.</summary>
    Truncated,

    /// <summary>Its format is not record batch v2.</summary>
    UnsupportedMagic,

    /// <summary>Its checksum does not match.</summary>
    CorruptCrc,

    /// <summary>Its header or one of its records contradicts itself.</summary>
    InvalidRecord,

    /// <summary>It is larger than the topic allows.</summary>
    TooLarge,

    /// <summary>It is compressed in a way that is not known.</summary>
    UnsupportedCodec,
}
