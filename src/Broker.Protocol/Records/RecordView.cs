namespace Broker.Protocol.Records;

/// <summary>One record, as spans over its batch.</summary>
public readonly ref struct RecordView
{
    public int OffsetDelta { get; init; }
    public long TimestampDelta { get; init; }
    public bool HasKey { get; init; }
    public ReadOnlySpan<byte> Key { get; init; }
    public bool HasValue { get; init; }
    public ReadOnlySpan<byte> Value { get; init; }
    public int HeaderCount { get; init; }

    /// <summary>The headers' bytes, already walked once; read them with <see cref="Headers"/>.</summary>
    public ReadOnlySpan<byte> HeaderBytes { get; init; }

    public RecordHeaderEnumerator Headers => new(HeaderBytes, HeaderCount);
}
