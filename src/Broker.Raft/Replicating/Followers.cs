using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// All whom a leader sends its log: the members of the configuration in force, and those of the ones before it until
/// they hold the entry that says so.
/// </summary>
internal sealed class Followers
{
    private readonly RaftCore _core;
    private FollowerProgress[] _all;

    public Followers(RaftCore core, LogIndex next)
    {
        _core = core;
        _all = [];
        Gather(next, voterCaughtUpAt: core.Now);
    }

    public ReadOnlySpan<FollowerProgress> All => _all;

    /// <summary>Those that are no members of the configuration in force; hardly ever any.</summary>
    public FollowerProgress[] Leaving { get; private set; } = [];

    public FollowerProgress? Find(BrokerId peer)
    {
        foreach (FollowerProgress follower in _all)
        {
            if (follower.Peer == peer)
                return follower;
        }

        return null;
    }

    /// <summary>The one that will go on voting and holds most; null when none is known to receive anything.</summary>
    public FollowerProgress? BestSuccessor()
    {
        FollowerProgress? best = null;
        foreach (FollowerProgress follower in _all)
        {
            bool could = follower.State == ProgressState.Replicate
                && _core.Configuration.Voters.Contains(follower.Peer);
            if (could && (best is null || follower.Match > best.Match))
                best = follower;
        }

        return best;
    }

    public bool HasAbstainerBefore(LogIndex next)
    {
        foreach (FollowerProgress follower in _all)
        {
            if (follower.Abstains && follower.AbstainsBefore >= next)
                return true;
        }

        return false;
    }

    /// <summary>The configurations are other ones: who stays keeps its progress, who is new has to show some.</summary>
    public void Refresh() => Gather(_core.Log.LastIndex + 1, FollowerProgress.Never);

    public void LetGo(FollowerProgress leaving)
    {
        _all = Array.FindAll(_all, follower => follower != leaving);
        Leaving = Array.FindAll(Leaving, follower => follower != leaving);
    }

    private void Gather(LogIndex next, long voterCaughtUpAt)
    {
        Configuration configuration = _core.Configuration;
        _all = [.. from peer in _core.Configurations.Members
                   where peer != _core.Self
                   let caughtUpAt = configuration.IsVoter(peer) ? voterCaughtUpAt : FollowerProgress.Never
                   select Find(peer) ?? new FollowerProgress(peer, next, _core.Now, caughtUpAt, _core.Options)];
        Leaving = Array.FindAll(_all, follower => !configuration.Members.Contains(follower.Peer));
    }
}
