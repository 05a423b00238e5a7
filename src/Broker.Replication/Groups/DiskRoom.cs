using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

// While a group's disk is full, nothing is proposed, and:
//   a leader that knows of a follower with room steps down in its favour; one that knows of none stays, for its
//     readers' sake
//   a follower does not campaign, so that one with room leads; once there has been no leader for so long that there
//     can be none with room, it does: the reserve has room for the entry that begins its term

/// <summary>
/// Whether a group's disk refuses appends, and who may lead it then. Legal transitions: roomy → full when a round wrote
/// less than it had or the broker's disk ran short; full → roomy when neither is so any more. OWNER only.
/// </summary>
internal sealed class DiskRoom(RaftCore core, DiskReserve reserve, LeaderlessTime leaderless)
{
    private readonly List<BrokerId> _fullPeers = [];
    private readonly List<BrokerId> _roomyPeers = [];
    private bool _refusedWrite;
    private bool _mustNotLead;

    public bool IsFull { get; private set; }

    /// <summary>Nobody takes on more records, so those in hand may use what is kept for other entries.</summary>
    public bool MayUseReserve => IsFull
        && (core.Role == RaftRole.Leader ? !SomebodyElseCould() : _fullPeers.Contains(core.Leader));

    /// <summary>As it said itself the last time.</summary>
    public bool IsKnownFull(BrokerId peer) => _fullPeers.Contains(peer);

    public void Heard(BrokerId peer, bool isFull)
    {
        (List<BrokerId> now, List<BrokerId> before) = isFull ? (_fullPeers, _roomyPeers) : (_roomyPeers, _fullPeers);
        before.Remove(peer);
        if (!now.Contains(peer))
            now.Add(peer);
    }

    /// <summary>
    /// Whoever is wanted, if it is able to lead at once, else none: nothing is appended until it does or is given up.
    /// If it is all the same, the best.
    /// </summary>
    public BrokerId Successor(BrokerId? wanted, InSyncReplicas inSync, LogIndex end)
    {
        if (wanted is not { } named)
            return BestSuccessor(inSync);
        return inSync.IsLevel(named, end) && HasRoom(named) ? named : BrokerId.None;
    }

    /// <summary>What a round of writes met. True when the state changed.</summary>
    public bool Report(bool isFull)
    {
        _refusedWrite = isFull;
        return Judge();
    }

    /// <summary>True when the state changed.</summary>
    public bool Tick() => Judge();

    /// <summary>
    /// The follower in sync that is furthest of those that have room, or where none has, of all; none if there is none.
    /// </summary>
    private BrokerId BestSuccessor(InSyncReplicas inSync)
    {
        BrokerId roomy = Furthest(inSync, HasRoom);
        return roomy != BrokerId.None ? roomy : Furthest(inSync, static _ => true);
    }

    private bool Judge()
    {
        bool was = IsFull;
        IsFull = _refusedWrite || reserve.IsShort;
        bool mustNotLead = IsFull
            && (core.Role == RaftRole.Leader ? SomebodyElseCould() : !leaderless.IsLong);
        if (mustNotLead != _mustNotLead)
        {
            _mustNotLead = mustNotLead;
            if (mustNotLead)
                core.AppendFailed();
            else
                core.AppendRecovered();
        }

        return IsFull != was;
    }

    private bool HasRoom(BrokerId peer) => !_fullPeers.Contains(peer);

    private BrokerId Furthest(InSyncReplicas inSync, Func<BrokerId, bool> may)
    {
        BrokerId best = BrokerId.None;
        LogIndex furthest = LogIndex.Zero;
        foreach (BrokerId peer in inSync.Brokers)
        {
            bool stays = peer != core.Self && core.Configuration.Voters.Contains(peer);
            if (!stays || !may(peer) || core.Progress(peer) is not { } progress)
                continue;

            if (best == BrokerId.None || progress.Match > furthest)
                (best, furthest) = (peer, progress.Match);
        }

        return best;
    }

    private bool SomebodyElseCould()
    {
        foreach (BrokerId peer in _roomyPeers)
        {
            bool stays = core.Configuration.Voters.Contains(peer);
            if (stays && core.Progress(peer) is { State: ProgressState.Replicate })
                return true;
        }

        return false;
    }
}
