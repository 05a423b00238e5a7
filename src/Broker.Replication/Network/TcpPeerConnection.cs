using System.Buffers.Binary;
using System.Net.Sockets;
using System.Numerics;
using System.Runtime.CompilerServices;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// Frames over a TCP socket. Small frames are cut out of one receive buffer into buffers of their own size; what is
/// missing of a large one is received straight into its buffer, so its bytes are copied once, by the kernel.
/// </summary>
internal sealed class TcpPeerConnection(Socket socket, string remote) : IPeerConnection
{
    private const int ReceiveSize = 64 * 1024;

    private readonly GatheredSend _gatheredSend = new(socket);
    private readonly byte[] _received = GC.AllocateUninitializedArray<byte>(ReceiveSize, pinned: true);
    private volatile bool _disposed;
    private int _from;
    private int _to;

    public string Remote { get; } = remote;

    public async ValueTask SendAsync(IReadOnlyList<PeerFrame> frames, CancellationToken token)
    {
        try
        {
            await _gatheredSend.SendAsync(frames);
        }
        catch (SocketException failure)
        {
            throw failure.ToPeerError(Remote);
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            throw new PeerConnectionException(PeerConnectionError.Reset, $"{Remote}: closed here");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedFrame?> ReceiveAsync(int maxLength, CancellationToken token)
    {
        try
        {
            if (!await FillPrefixAsync(token))
                return null;

            int length = BinaryPrimitives.ReadInt32LittleEndian(_received.AsSpan(_from));
            uint rest = BinaryPrimitives.ReadUInt32LittleEndian(_received.AsSpan(_from + 4));
            int headerLength = (int)(rest >> 8);
            if (length < 0 || length > maxLength || headerLength > length)
                throw new PeerConnectionException(PeerConnectionError.Protocol, $"{Remote}: a frame of {length} bytes");

            _from += PeerFrame.PrefixSize;
            SharedBuffer body = await ReceiveBodyAsync(length, token);
            return new ReceivedFrame((PeerFrameKind)(byte)rest, body, headerLength, length);
        }
        catch (SocketException failure)
        {
            throw failure.ToPeerError(Remote);
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            throw new PeerConnectionException(PeerConnectionError.Reset, $"{Remote}: closed here");
        }
    }

    public Stream DetachStream()
    {
        byte[] ahead = _received[_from.._to];
        var stream = new NetworkStream(socket, ownsSocket: true);
        return ahead.Length == 0 ? stream : new AheadStream(ahead, stream);
    }

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        socket.Dispose();
        _gatheredSend.Dispose();
        return ValueTask.CompletedTask;
    }

    // False: closed between two frames.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillPrefixAsync(CancellationToken token)
    {
        while (_to - _from < PeerFrame.PrefixSize)
        {
            if (ReceiveSize - _from < PeerFrame.PrefixSize || _from == _to)
                MoveToFront();

            int count = await socket.ReceiveAsync(_received.AsMemory(_to), SocketFlags.None, token);
            if (count == 0)
                return _from == _to ? false : throw Cut();

            _to += count;
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SharedBuffer> ReceiveBodyAsync(int length, CancellationToken token)
    {
        // Of few sizes, so that the pool has one: what is sent together is as large as it happens to be.
        SharedBuffer body = SharedBuffer.Rent((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 1)));
        try
        {
            int filled = Math.Min(length, _to - _from);
            _received.AsSpan(_from, filled).CopyTo(body.Memory.Span);
            _from += filled;
            while (filled < length)
            {
                int count = await socket.ReceiveAsync(body.Memory[filled..length], SocketFlags.None, token);
                if (count == 0)
                    throw Cut();

                filled += count;
            }

            return body;
        }
        catch
        {
            body.Release();
            throw;
        }
    }

    private void MoveToFront()
    {
        _received.AsSpan(_from, _to - _from).CopyTo(_received);
        _to -= _from;
        _from = 0;
    }

    private PeerConnectionException Cut() =>
        new(PeerConnectionError.Reset, $"{Remote}: closed in the middle of a frame");
}
