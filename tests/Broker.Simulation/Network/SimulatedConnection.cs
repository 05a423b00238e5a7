using System.Buffers.Binary;
using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Time;
using Broker.Storage;

namespace Broker.Simulation.Network;

/// <summary>One end of a connection between two brokers' processes.</summary>
internal sealed class SimulatedConnection(SimulatedNetwork network, Life life, BrokerId local, BrokerId remote)
    : IPeerConnection
{
    private const long Window = 1 << 20;

    private readonly Queue<byte[]> _arrived = new();
    private TaskCompletionSource? _waiting;
    private TaskCompletionSource? _sending;
    private bool _isReset;
    private bool _hasEnded;
    private bool _isDisposed;

    public string Remote => $"broker-{remote}";

    public BrokerId Local => local;

    public Life Life => life;

    public bool IsDisposed => _isDisposed;

    public bool IsBroken => _isReset || _isDisposed;

    /// <summary>Towards the other end.</summary>
    public Direction Out { get; set; } = null!;

    public async ValueTask SendAsync(IReadOnlyList<PeerFrame> frames, CancellationToken token)
    {
        foreach (PeerFrame frame in frames)
        {
            ThrowIfBroken();
            while (Out.BytesUnderway > Window)
            {
                _sending = new TaskCompletionSource();
                await _sending.Task.WaitAsync(token);
                ThrowIfBroken();
            }

            byte[] bytes = Flatten(frame);
            network.Sends(local, remote, bytes);
            Out.Send(bytes, isReset: false);
        }
    }

    public async ValueTask<ReceivedFrame?> ReceiveAsync(int maxLength, CancellationToken token)
    {
        while (_arrived.Count == 0)
        {
            ThrowIfBroken();
            if (_hasEnded)
                return null;

            _waiting = new TaskCompletionSource();
            await _waiting.Task.WaitAsync(token);
        }

        ThrowIfBroken();
        return Unflatten(_arrived.Dequeue(), maxLength);
    }

    public Stream DetachStream() => throw new NotSupportedException("The simulated metadata group needs no streams.");

    public ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return ValueTask.CompletedTask;

        _isDisposed = true;
        if (!_isReset)
            Out.Send(null, isReset: _arrived.Count > 0);
        Wake();
        return ValueTask.CompletedTask;
    }

    /// <summary>The process is gone; its kernel tells the other end.</summary>
    public void Abort(bool losesWhatIsUnderway)
    {
        if (IsBroken)
            return;

        if (losesWhatIsUnderway)
            Out.Lose();
        Out.Send(null, isReset: losesWhatIsUnderway);
        _isReset = true;
    }

    public void Receive(in Direction.Packet packet)
    {
        if (packet.IsReset)
            Break();
        else if (packet.Frame is { } frame)
            _arrived.Enqueue(frame);
        else
            _hasEnded = true;
        Wake();
    }

    public void Break()
    {
        _isReset = true;
        _arrived.Clear();
        Wake();
    }

    public void Sent()
    {
        if (Out.BytesUnderway <= Window)
            _sending?.TrySetResult();
    }

    private static byte[] Flatten(PeerFrame frame)
    {
        byte[] bytes = new byte[frame.Length];
        frame.Head.CopyTo(bytes);
        int at = frame.Head.Length;
        foreach (ReadOnlyMemory<byte> piece in frame.Payload)
        {
            piece.CopyTo(bytes.AsMemory(at));
            at += piece.Length;
        }

        return bytes;
    }

    private ReceivedFrame Unflatten(byte[] bytes, int maxLength)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        uint rest = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4));
        if (length > maxLength)
            throw new PeerConnectionException(PeerConnectionError.Protocol, $"{Remote}: a frame of {length} bytes");

        SharedBuffer body = SharedBuffer.Rent(Math.Max(length, 1));
        bytes.AsSpan(PeerFrame.PrefixSize).CopyTo(body.Memory.Span);
        return new ReceivedFrame((PeerFrameKind)(byte)rest, body, (int)(rest >> 8), length);
    }

    private void Wake()
    {
        _waiting?.TrySetResult();
        if (IsBroken)
            _sending?.TrySetResult();
    }

    private void ThrowIfBroken()
    {
        if (_isDisposed)
            throw new PeerConnectionException(PeerConnectionError.Reset, $"{Remote}: closed here");
        if (_isReset)
            throw new PeerConnectionException(PeerConnectionError.Reset, $"{Remote}: reset");
    }
}
