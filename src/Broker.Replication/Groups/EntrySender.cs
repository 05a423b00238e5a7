using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>Turns a leader's append messages into frames with the entries' bytes. OWNER only.</summary>
internal sealed class EntrySender(GroupContext context, GroupOwner owner)
{
    private readonly List<BrokerId> _refused = [];

    public bool HasRefused => _refused.Count > 0;

    public void Send(in RaftMessage message, bool isFull)
    {
        // Nobody there: what follows the next session begins with a probe.
        if (context.Mesh.SessionWith(message.To) is null)
            return;

        LogSlices slices = owner.Loop.Slices;
        ReadOutcome outcome = owner.Log.Log.TryReadFramesFromMemory(
            message.PrevIndex + 1, message.LastIndex, int.MaxValue, slices);
        bool sent = outcome switch
        {
            ReadOutcome.Ok => SendFrame(message, slices, isFull),
            ReadOutcome.NotInMemory => context.CatchUp.TryAdd(owner, message),
            _ => false,
        };
        slices.Clear();
        if (!sent && !_refused.Contains(message.To))
            _refused.Add(message.To);
    }

    /// <summary>
    /// Whoever was not sent something is probed anew, a tick later and not at once: there was no room.
    /// </summary>
    public void Tick(RaftCore core)
    {
        foreach (BrokerId peer in _refused)
            core.PeerSession(peer);
        _refused.Clear();
    }

    private bool SendFrame(in RaftMessage message, LogSlices slices, bool isFull)
    {
        PeerFrame frame = context.Mesh.Context.Frames.Begin(PeerFrameKind.Entries);
        GroupMessageCodec.Write(frame, owner.Id, message, isFull);
        slices.AddTo(frame);
        return context.Mesh.Send(message.To, frame.Seal(), PeerLane.Main);
    }
}
