using Broker.Protocol.Compression;

namespace Broker.Protocol.Records;

/// <summary>The attribute bits of a record batch.</summary>
public readonly record struct RecordBatchAttributes(short Bits)
{
    private const short CompressionMask = 0x07;
    private const short LogAppendTimeBit = 0x08;
    private const short TransactionalBit = 0x10;
    private const short ControlBit = 0x20;
    private const short DeleteHorizonBit = 0x40;
    private const short KnownBits = CompressionMask | LogAppendTimeBit | TransactionalBit | ControlBit;

    /// <summary>May hold a number that is no codec; see <see cref="IsKnown"/>.</summary>
    public CompressionType Compression => (CompressionType)(Bits & CompressionMask);

    public bool IsLogAppendTime => (Bits & LogAppendTimeBit) != 0;

    public bool IsTransactional => (Bits & TransactionalBit) != 0;

    public bool IsControl => (Bits & ControlBit) != 0;

    /// <summary>
    /// Compaction has met marks of deleted keys in the batch: its base timestamp says until when they stay (KIP-534).
    /// </summary>
    public bool HasDeleteHorizon => (Bits & DeleteHorizonBit) != 0;

    /// <summary>Whether every bit that is set has a meaning to a producer's batch.</summary>
    public bool IsKnown => (Bits & ~KnownBits) == 0 && Compression <= CompressionType.Zstd;

    public static RecordBatchAttributes Of(CompressionType compression, bool isTransactional = false) =>
        new((short)((byte)compression | (isTransactional ? TransactionalBit : 0)));

    /// <summary>Of a batch that tells of a transaction and holds nothing of a producer's.</summary>
    public RecordBatchAttributes AsControl() => new((short)(Bits | TransactionalBit | ControlBit));

    public RecordBatchAttributes With(CompressionType compression) =>
        new((short)((Bits & ~CompressionMask) | (byte)compression));

    public RecordBatchAttributes WithDeleteHorizon() => new((short)((ushort)Bits | DeleteHorizonBit));

    public RecordBatchAttributes WithLogAppendTime() => new((short)((ushort)Bits | LogAppendTimeBit));
}
