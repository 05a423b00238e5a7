using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// What the groups of one owner loop have to say in a round, one frame per peer: heartbeats, votes and answers of
/// thousands of groups cost few frames. Entries go in frames of their own. OWNER only.
/// </summary>
internal sealed class PeerOutbox(PeerMesh mesh)
{
    private const int FrameBytes = 256 * 1024;

    private readonly List<(BrokerId Peer, PeerFrame Frame)> _frames = [];
    private readonly List<BrokerId> _waking = [];

    public PeerMesh Mesh => mesh;

    public void Add(PartitionId group, in RaftMessage message, bool senderIsFull)
    {
        if (message.Kind == MessageKind.Wake && !_waking.Contains(message.To))
            _waking.Add(message.To);

        PeerFrame frame = FrameFor(message.To);
        GroupMessageCodec.Write(frame, group, message, senderIsFull);
        if (frame.Length >= FrameBytes)
            SendTo(message.To, frame);
    }

    /// <summary>Hands the round's frames to the connections; what finds no session is gone, as on a network.</summary>
    public void Send()
    {
        foreach ((BrokerId peer, PeerFrame frame) in _frames)
            Send(peer, frame);
        _frames.Clear();
        _waking.Clear();
    }

    private PeerFrame FrameFor(BrokerId peer)
    {
        foreach ((BrokerId other, PeerFrame frame) in _frames)
        {
            if (other == peer)
                return frame;
        }

        PeerFrame begun = mesh.Context.Frames.Begin(PeerFrameKind.Messages);
        _frames.Add((peer, begun));
        return begun;
    }

    private void SendTo(BrokerId peer, PeerFrame frame)
    {
        _frames.RemoveAll(pair => pair.Frame == frame);
        Send(peer, frame);
    }

    // Who sleeps relies on what is said to it: it arrives, or the session ends.
    private void Send(BrokerId peer, PeerFrame frame)
    {
        if (!mesh.Send(peer, frame.Seal(), PeerLane.Main) && _waking.Contains(peer))
            mesh.EndSession(peer);
    }
}
