using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Broker.Server.Network;

/// <summary>
/// A client connection on a TCP socket, received straight into the caller's memory and sent by gathering.
/// </summary>
public sealed class SocketTransport : IClientTransport
{
    private readonly Socket _socket;
    private readonly GatheredSend _send = new();

    public SocketTransport(Socket socket)
    {
        _socket = socket;
        RemoteAddress = ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString();
    }

    public string RemoteAddress { get; }

    public async ValueTask<int> ReceiveAsync(Memory<byte> into)
    {
        try
        {
            return await _socket.ReceiveAsync(into, SocketFlags.None);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            throw new ClientLostException("The connection was reset.", broken);
        }
    }

    public async ValueTask SendAsync(List<ArraySegment<byte>> segments)
    {
        try
        {
            if (segments.Count == 1)
                await _socket.SendAsync(segments[0].AsMemory(), SocketFlags.None);
            else
                await _send.RunAsync(_socket, segments);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            throw new ClientLostException("The connection was reset.", broken);
        }
    }

    /// <summary>Disposing ends a receive and a send that wait; an orderly shutdown would let them wait on.</summary>
    public void Abort() => _socket.Dispose();

    public void Dispose()
    {
        _socket.Dispose();
        _send.Dispose();
    }

    /// <summary>One vectored send at a time on arguments that are used again.</summary>
    private sealed class GatheredSend : SocketAsyncEventArgs, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _source;

        public GatheredSend()
            : base(true)
        {
        }

        public ValueTask RunAsync(Socket socket, List<ArraySegment<byte>> segments)
        {
            _source.Reset();
            BufferList = segments;
            if (socket.SendAsync(this))
                return new ValueTask(this, _source.Version);

            return SocketError == SocketError.Success
                ? ValueTask.CompletedTask
                : ValueTask.FromException(new SocketException((int)SocketError));
        }

        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            if (SocketError == SocketError.Success)
                _source.SetResult(true);
            else
                _source.SetException(new SocketException((int)SocketError));
        }

        void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

        void IValueTaskSource.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
