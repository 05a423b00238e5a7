using System.Buffers.Binary;
using Broker.Storage;

namespace Broker.Server.Network.Frames;

/// <summary>
/// One request as it came in, without its length prefix. Whoever holds the frame ends it by <see cref="Release"/>,
/// which
/// gives its memory back to the budget. Before the frame lies room in which a partition may seal an entry's header.
/// </summary>
public sealed class RequestFrame
{
    /// <summary>Bytes of the buffer before the frame that belong to nobody.</summary>
    public const int Headroom = 64;

    /// <summary>API key, version and correlation id: every request has these.</summary>
    public const int MinLength = 8;

    private readonly RequestAccount? _account;
    private bool _released;

    internal RequestFrame(SharedBuffer buffer, int length, RequestAccount? account)
    {
        Buffer = buffer;
        Length = length;
        _account = account;
    }

    /// <summary>A frame that was not received but made, and counts against no budget.</summary>
    public static RequestFrame Of(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, MinLength);
        SharedBuffer buffer = SharedBuffer.Rent(Headroom + bytes.Length);
        bytes.CopyTo(buffer.Span[Headroom..]);
        return new RequestFrame(buffer, bytes.Length, null);
    }

    public SharedBuffer Buffer { get; }

    public int Length { get; }

    public Memory<byte> Memory => Buffer.Memory.Slice(Headroom, Length);

    public short ApiKey => BinaryPrimitives.ReadInt16BigEndian(Memory.Span);

    public short Version => BinaryPrimitives.ReadInt16BigEndian(Memory.Span[2..]);

    public int CorrelationId => BinaryPrimitives.ReadInt32BigEndian(Memory.Span[4..]);

    public void Release()
    {
        ObjectDisposedException.ThrowIf(_released, this);
        _released = true;
        Buffer.Release();
        _account?.Give(Length);
    }
}
