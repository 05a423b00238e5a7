namespace Broker.Replication;

/// <summary>Frames to be used again. A frame that is not returned is only garbage.</summary>
internal sealed class PeerFramePool
{
    private const int Kept = 1024;

    private readonly Stack<PeerFrame> _frames = new();

    public PeerFrame Begin(PeerFrameKind kind)
    {
        lock (_frames)
        {
            if (_frames.TryPop(out PeerFrame? frame))
                return frame.Begin(kind);
        }

        return new PeerFrame().Begin(kind);
    }

    public void Return(PeerFrame frame)
    {
        frame.Release();
        lock (_frames)
        {
            if (_frames.Count < Kept)
                _frames.Push(frame);
        }
    }
}
