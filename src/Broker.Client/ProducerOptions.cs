using Broker.Protocol.Compression;

namespace Broker.Client;

/// <summary>How a producer batches, sends and gives up. Immutable.</summary>
public sealed record ProducerOptions
{
    public static readonly ProducerOptions Default = new();

    /// <summary>What a record's acknowledgement means. Default <see cref="Acks.All"/>.</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary>
    /// Numbers the batches so that a retry is never written twice and order per partition holds (KIP-98).
    /// Needs <see cref="Acks.All"/>; ignored without. Default true.
    /// </summary>
    public bool Idempotent { get; init; } = true;

    /// <summary>How long a record may wait for company before it is sent. Default 2 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// A batch that has reached this many bytes is closed. A record larger than it travels alone. Default 512 KiB.
    /// </summary>
    public int BatchBytes { get; init; } = 512 * 1024;

    /// <summary>
    /// Bytes of records that may wait for their acknowledgement; beyond it sending waits. Default 64 MiB.
    /// </summary>
    public long BufferBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// How long a record is tried before it fails, from the moment it was handed over. Default 2 min.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How batches are compressed. Default not at all.</summary>
    public CompressionType Compression { get; init; } = CompressionType.None;

    internal ProducerOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Linger, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes, BatchBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DeliveryTimeout, TimeSpan.Zero);
        return this;
    }
}
