using Broker.Storage;

namespace Broker.Server.Partitions;

/// <summary>One record batch as it lies in its request.</summary>
/// <param name="Buffer">Held by the caller until the produce call completes; the partition retains it if it needs it
/// longer.</param>
/// <param name="Exclusive">
/// The batch is alone in its request: the bytes of the buffer before <paramref name="Start"/>, at least
/// <see cref="EntryFrame.HeaderSize"/> of them, may be overwritten, so that the frame is sealed in place without a
/// copy.
/// </param>
public readonly record struct ProduceBatch(SharedBuffer Buffer, int Start, int Length, bool Exclusive)
{
    /// <summary>Of the request; a transactional batch needs one.</summary>
    public string? TransactionalId { get; init; }
}
