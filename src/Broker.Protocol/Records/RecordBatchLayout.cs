namespace Broker.Protocol.Records;

/// <summary>
/// Where the fields of a record batch (magic 2, KIP-98) stand, in bytes from its beginning; all are big-endian.
/// </summary>
public static class RecordBatchLayout
{
    public const int BaseOffset = 0;
    public const int BatchLength = 8;
    public const int LeaderEpoch = 12;
    public const int Magic = 16;
    public const int Crc = 17;
    public const int Attributes = 21;
    public const int LastOffsetDelta = 23;
    public const int BaseTimestamp = 27;
    public const int MaxTimestamp = 35;
    public const int ProducerId = 43;
    public const int ProducerEpoch = 51;
    public const int BaseSequence = 53;
    public const int RecordCount = 57;
    public const int HeaderSize = 61;

    /// <summary>Base offset and length: what stands before the bytes that the length counts.</summary>
    public const int LogOverhead = 12;

    /// <summary>The only format that is accepted and written.</summary>
    public const byte CurrentMagic = 2;
}
