using Broker.Protocol;
using Broker.Storage;

namespace Broker.Server.Network.Frames;

/// <summary>
/// A response as it will be sent, its length prefix included, and the buffers that pieces of it lie in, held until it
/// is
/// sent. Records of a fetch are such pieces and are never copied on the way out. Comes from a pool and goes back to it.
/// </summary>
public sealed class ResponseFrame
{
    private readonly ResponsePool _pool;
    private readonly List<SharedBuffer> _held = new(1);
    private IDisposable? _lease;

    internal ResponseFrame(ResponsePool pool) => _pool = pool;

    /// <summary>What the response is written by, once.</summary>
    public ProtocolWriter Writer { get; } = new();

    public int Length => (int)Writer.Length;

    public IReadOnlyList<ReadOnlyMemory<byte>> Segments => Writer.Segments;

    /// <summary>Takes over the caller's hold of a buffer.</summary>
    public void Hold(SharedBuffer buffer) => _held.Add(buffer);

    /// <summary>Takes over what the response's memory is counted by.</summary>
    public void Hold(IDisposable lease) => _lease = lease;

    /// <summary>Sent, or not to be sent any more.</summary>
    public void Release()
    {
        foreach (SharedBuffer buffer in _held)
            buffer.Release();

        _held.Clear();
        Writer.Reset();
        _lease?.Dispose();
        _lease = null;
        _pool.Return(this);
    }
}
