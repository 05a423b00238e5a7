using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// A group whose disk refuses appends. Legal transitions: roomy → full when a round wrote less than it had; full →
/// roomy when a later round wrote all. While full nothing is proposed and no follower campaigns; a leader steps down in
/// favour of a follower that has room, and if there is none stays, without appending, for its readers' sake. OWNER
/// only.
/// </summary>
internal sealed class DiskRoom(RaftCore core)
{
    private readonly List<BrokerId> _fullPeers = [];
    private bool _refused;

    public bool IsFull { get; private set; }

    public void Heard(BrokerId peer, bool isFull)
    {
        if (!isFull)
            _fullPeers.Remove(peer);
        else if (!_fullPeers.Contains(peer))
            _fullPeers.Add(peer);
    }

    /// <summary>True when the state changed.</summary>
    public bool Report(bool isFull)
    {
        if (isFull == IsFull)
            return false;

        IsFull = isFull;
        if (isFull)
            Tick();
        else if (_refused)
            core.AppendRecovered();
        _refused = _refused && isFull;
        return true;
    }

    public void Tick()
    {
        if (!IsFull || _refused || (core.Role == RaftRole.Leader && !SomebodyElseCould()))
            return;

        _refused = true;
        core.AppendFailed();
    }

    /// <summary>The follower that is furthest of those in sync that have room; none if there is none.</summary>
    public BrokerId BestSuccessor(InSyncReplicas inSync)
    {
        BrokerId best = BrokerId.None;
        LogIndex furthest = LogIndex.Zero;
        foreach (BrokerId peer in inSync.Brokers)
        {
            if (peer == core.Self || _fullPeers.Contains(peer) || core.Progress(peer) is not { } progress)
                continue;

            if (best == BrokerId.None || progress.Match > furthest)
                (best, furthest) = (peer, progress.Match);
        }

        return best;
    }

    private bool SomebodyElseCould()
    {
        foreach (BrokerId peer in core.Voters.Voters)
        {
            if (peer != core.Self && !_fullPeers.Contains(peer) && core.Progress(peer) is { } progress
                && progress.State == ProgressState.Replicate)
            {
                return true;
            }
        }

        return false;
    }
}
