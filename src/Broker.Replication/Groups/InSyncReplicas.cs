using System.Collections.Immutable;
using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// Who is in sync with a leader: has reached the leader's end, as it was then, within the allowed lag, and whose
/// process is not known to be gone. OWNER only.
/// </summary>
internal sealed class InSyncReplicas(RaftCore core, int lagTicks, int levelTicks)
{
    private readonly List<BrokerId> _gone = [];
    private LogIndex _counted;

    /// <summary>Ascending, the leader included; empty when this replica does not lead.</summary>
    public ImmutableArray<BrokerId> Brokers { get; private set; } = [];

    /// <summary>
    /// How many they are where an entry needs so many: while the configuration is joint, in the half that has fewer.
    /// </summary>
    public int Count { get; private set; }

    /// <summary>All voters are.</summary>
    public bool IsComplete => Brokers.Length == core.Configuration.AllVoters.Length;

    public void Gone(BrokerId peer)
    {
        if (!_gone.Contains(peer))
            _gone.Add(peer);
    }

    public void Back(BrokerId peer) => _gone.Remove(peer);

    /// <summary>
    /// In sync, and so close behind the end that it would have the rest at once: proposals wait while it takes over.
    /// </summary>
    public bool IsLevel(BrokerId peer, LogIndex end) =>
        Brokers.Contains(peer)
        && core.Progress(peer) is { State: ProgressState.Replicate, Abstains: false } progress
        && (progress.Match == end || core.Now - progress.CaughtUpAt <= levelTicks);

    /// <summary>True when the list is another one now.</summary>
    public bool Refresh()
    {
        if (core.Role != RaftRole.Leader)
        {
            bool had = Brokers.Length > 0;
            Brokers = [];
            Count = 0;
            return had;
        }

        int at = 0;
        bool same = true;
        foreach (BrokerId voter in core.Configuration.AllVoters)
        {
            if (!IsInSync(voter))
                continue;

            same = same && at < Brokers.Length && Brokers[at] == voter;
            at++;
        }

        if (same && at == Brokers.Length && _counted == core.ConfigurationIndex)
            return false;

        _counted = core.ConfigurationIndex;
        Brokers = [.. core.Configuration.AllVoters.Where(IsInSync)];
        Count = core.Configuration.Count(IsInSync);
        return true;
    }

    private bool IsInSync(BrokerId voter)
    {
        if (voter == core.Self)
            return true;

        return !_gone.Contains(voter) && core.Progress(voter) is { } progress
            && core.Now - progress.CaughtUpAt <= lagTicks;
    }
}
