using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Broker.Storage;

namespace Broker.Server.Network.Frames;

/// <summary>
/// Cuts requests out of what a client sends. A small buffer of the connection takes what comes first; the rest of a
/// large
/// frame is received straight into the buffer that the request will own. Size and first bytes are judged, and memory is
/// taken, before that buffer exists.
/// </summary>
internal sealed class FrameReader
{
    private const int LengthSize = 4;
    private const int SmallBuffer = 8 * 1024;

    private readonly IClientTransport _transport;
    private readonly RequestAccount _account;
    private readonly ConnectionClock _clock;
    private readonly IRequestDispatcher _dispatcher;
    private readonly int _maxLength;
    private readonly byte[] _small = GC.AllocateUninitializedArray<byte>(SmallBuffer, pinned: true);
    private int _from;
    private int _to;

    public FrameReader(
        IClientTransport transport,
        RequestAccount account,
        ConnectionClock clock,
        IRequestDispatcher dispatcher,
        int maxLength)
    {
        _transport = transport;
        _account = account;
        _clock = clock;
        _dispatcher = dispatcher;
        _maxLength = maxLength;
    }

    /// <summary>The next request; null where the client has ended its side between two requests.</summary>
    /// <exception cref="ClientLostException">The connection broke, or what came is no request that is
    /// served.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RequestFrame?> ReadAsync()
    {
        if (!await FillAsync(LengthSize))
            return null;

        int length = BinaryPrimitives.ReadInt32BigEndian(_small.AsSpan(_from));
        if (length < RequestFrame.MinLength || length > _maxLength)
        {
            throw new ClientLostException(
                $"it announced a request of {length} bytes, and {_maxLength} are allowed at most");
        }

        if (!await FillAsync(LengthSize + RequestFrame.MinLength))
            throw new ClientLostException("it ended in the middle of a request");

        ReadOnlySpan<byte> head = _small.AsSpan(_from + LengthSize);
        short key = BinaryPrimitives.ReadInt16BigEndian(head);
        if (_dispatcher.Objection(key, BinaryPrimitives.ReadInt16BigEndian(head[2..])) is { } objection)
            throw new ClientLostException(objection);

        // Waiting for memory is no silence of the client's.
        _clock.Received(midFrame: false);
        if (!await _account.TakeAsync(length))
            throw new ClientLostException("it waited for memory");

        _clock.Received(midFrame: true);

        return await ReceiveFrameAsync(length);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RequestFrame?> ReceiveFrameAsync(int length)
    {
        var frame = new RequestFrame(SharedBuffer.Rent(RequestFrame.Headroom + length), length, _account);
        try
        {
            _from += LengthSize;
            int got = Math.Min(length, _to - _from);
            _small.AsSpan(_from, got).CopyTo(frame.Memory.Span);
            _from += got;
            while (got < length)
            {
                int received = await _transport.ReceiveAsync(frame.Memory[got..]);
                if (received == 0)
                    throw new ClientLostException("it ended in the middle of a request");

                got += received;
                _account.Progress(received);
                _clock.Received(midFrame: true);
            }
        }
        catch (ClientLostException)
        {
            _account.FrameComplete();
            frame.Release();
            throw;
        }

        _account.FrameComplete();
        _clock.Received(midFrame: false);
        return frame;
    }

    /// <summary>
    /// Has at least so many bytes in the small buffer. False where there is no more and none is there.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync(int count)
    {
        while (_to - _from < count)
        {
            if (_from > 0)
            {
                _small.AsSpan(_from, _to - _from).CopyTo(_small);
                (_from, _to) = (0, _to - _from);
            }

            int received = await _transport.ReceiveAsync(_small.AsMemory(_to));
            if (received == 0)
                return _to == 0 ? false : throw new ClientLostException("it ended in the middle of a request");

            _to += received;
            _clock.Received(midFrame: true);
        }

        return true;
    }
}
