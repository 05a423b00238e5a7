namespace Broker.Client;

/// <summary>A record to be written.</summary>
public sealed record ProducerRecord
{
    public required string Topic { get; init; }

    /// <summary>Where to; null lets the key decide, and without a key the records are spread batch by batch.</summary>
    public int? Partition { get; init; }

    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>Null is a tombstone.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers { get; init; }

    /// <summary>Null is now.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}
