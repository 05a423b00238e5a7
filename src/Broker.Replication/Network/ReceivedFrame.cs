using Broker.Storage;

namespace Broker.Replication;

/// <summary>A frame that came in, in one buffer that its receiver owns: header first, payload behind it.</summary>
public readonly struct ReceivedFrame(PeerFrameKind kind, SharedBuffer buffer, int headerLength, int length)
{
    public PeerFrameKind Kind { get; } = kind;

    public SharedBuffer Buffer { get; } = buffer;

    /// <summary>Header and payload.</summary>
    public int Length { get; } = length;

    /// <summary>Where the payload begins in the buffer.</summary>
    public int PayloadStart { get; } = headerLength;

    public ReadOnlyMemory<byte> Header => Buffer.Memory[..PayloadStart];

    public ReadOnlyMemory<byte> Payload => Buffer.Memory[PayloadStart..Length];

    public void Release() => Buffer.Release();
}
