using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

// A group with nothing to do sleeps (docs/decisions/0008-hibernation.md). The core decides with its peers; here is what
// it can't know: whether anything around it still counts ticks, and what has to be said when it ends.
internal sealed partial class GroupOwner
{
    /// <summary>The owner loop's: whether the group is among those that it ticks.</summary>
    public bool IsTicked { get; set; }

    public bool IsAsleep => _core.IsAsleep;

    public bool NeedsTicks => !_stopped && !_core.IsAsleep;

    private bool IsIdle => !_isDamaged && !LostState.IsLost && !_room.IsFull && !_sender.HasRefused
        && _checkpoints.CanWait && !_proposals.HasWaiting && _proposals.Pending.IsEmpty
        && _reads.IsEmpty && _transfers.IsEmpty && (_core.Role != RaftRole.Leader || _inSync.IsComplete) && HearsAll();

    /// <summary>Nobody sleeps on account of a peer that was lost, or is silent.</summary>
    public void PeerLost(BrokerId peer, Func<BrokerId, int> silence) => _core.PeerLost(peer, silence);

    /// <summary>Something that all groups look at in their ticks is not what it was.</summary>
    public void Rouse() => _core.Rouse();

    private void TrySleep()
    {
        // What the ticks would have recorded by and by.
        if (_core.TrySleep(IsIdle))
            RecordCommit();
    }

    private bool HearsAll()
    {
        foreach (BrokerId voter in _core.Configuration.AllVoters)
        {
            if (voter != _context.Self && !Loop.Beats.IsHeard(voter))
                return false;
        }

        return true;
    }

    /// <summary>Whoever sleeps on account of this replica has to hear that it ends.</summary>
    private void EndCore()
    {
        _core.End();
        _core.TakeReady(_ready);
        foreach (RaftMessage message in _ready.Messages)
        {
            if (message.Kind == MessageKind.Wake)
                Loop.Outbox.Add(Id, message, _room.IsFull);
        }
    }
}
