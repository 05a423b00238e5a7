using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Broker.Replication;

/// <summary>
/// Sends many slices with one system call; its event arguments, list and completion are used again and again.
/// </summary>
internal sealed class GatheredSend : SocketAsyncEventArgs, IValueTaskSource
{
    // Below the kernel's 1,024 per call.
    private const int SlicesPerCall = 512;

    private readonly Socket _socket;
    private readonly List<ArraySegment<byte>> _slices = [];
    private ManualResetValueTaskSourceCore<bool> _completion = new() { RunContinuationsAsynchronously = false };

    public GatheredSend(Socket socket)
        : base(true) => _socket = socket;

    public async ValueTask SendAsync(IReadOnlyList<PeerFrame> frames)
    {
        for (int i = 0; i < frames.Count; i++)
        {
            Add(frames[i].Head);
            IReadOnlyList<ReadOnlyMemory<byte>> payload = frames[i].Payload;
            for (int j = 0; j < payload.Count; j++)
            {
                if (_slices.Count >= SlicesPerCall)
                    await FlushAsync();
                Add(payload[j]);
            }

            if (_slices.Count >= SlicesPerCall)
                await FlushAsync();
        }

        if (_slices.Count > 0)
            await FlushAsync();
    }

    void IValueTaskSource.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (SocketError == SocketError.Success)
            _completion.SetResult(true);
        else
            _completion.SetException(new SocketException((int)SocketError));
    }

    private void Add(ReadOnlyMemory<byte> slice)
    {
        if (slice.IsEmpty)
            return;

        if (!MemoryMarshal.TryGetArray(slice, out ArraySegment<byte> segment))
            throw new InvalidOperationException("Only slices of arrays can be sent.");

        _slices.Add(segment);
    }

    private async ValueTask FlushAsync()
    {
        BufferList = _slices;
        _slices.Clear();
        _completion.Reset();
        if (_socket.SendAsync(this))
            await new ValueTask(this, _completion.Version);
        else if (SocketError != SocketError.Success)
            throw new SocketException((int)SocketError);

        BufferList = null;
    }
}
