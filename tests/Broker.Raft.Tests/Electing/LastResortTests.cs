using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Electing;

/// <summary>Elections of a relaxed group after the power failed (docs/decisions/0012).</summary>
public sealed class LastResortTests
{
    private const int Proposed = 10;

    /// <summary>
    /// The first leader's first entry is on all disks, and what was proposed behind it is in page caches.
    /// </summary>
    private readonly Group _group = new(3, (setup, _) => setup with { IsRelaxed = true });

    public LastResortTests()
    {
        _group.Elect(1);
        _group.Propose(1, Proposed);
        _group.Settle();
        _group.Tick(RaftOptions.Default.HeartbeatTicks);
    }

    private LogIndex End => new(Proposed + 1);

    [Fact]
    public void Written_counts_and_outlives_the_death_of_all_processes()
    {
        long fingerprint = _group[1].Log.FingerprintAt(End);
        Assert.Equal(End, _group[1].Core.CommitIndex);
        Assert.All(_group.Nodes, node => Assert.Equal(new LogIndex(1), node.DurableLog.LastIndex));

        CrashAll(power: false);
        Restart(1, 2, 3);

        Assert.True(UntilReady().Log.Contains(End, fingerprint));
        Assert.All(_group.Nodes, node => Assert.False(node.Core.Abstains));
    }

    [Fact]
    public void Where_all_lost_their_power_all_elect_whoever_has_most_and_count_again()
    {
        long fingerprint = _group[1].Log.FingerprintAt(End);
        _group[2].FlushWritten();
        CrashAll(power: true);
        Restart(1, 2, 3);
        Assert.All(_group.Nodes, node => Assert.True(node.Core.IsLastResort));

        Node leader = UntilReady();

        Assert.True(leader.Log.Contains(End, fingerprint));
        Assert.True(leader.Core.WasElectedByAll);
        _group.Propose((int)leader.Id.Value);
        _group.TickUntil(() => _group.Nodes.All(node => node.Core.CommitIndex == leader.Log.LastIndex));
        Assert.All(_group.Nodes, node => Assert.False(node.Core.Abstains));
    }

    [Fact]
    public void One_that_kept_its_power_and_two_that_did_not_elect_the_one()
    {
        long fingerprint = _group[1].Log.FingerprintAt(End);
        CrashAll(power: false);
        Restart(3);
        Restart(1, 2);
        Crash(1, power: true);
        Crash(2, power: true);
        Restart(1, 2);

        Assert.True(UntilReady().Log.Contains(End, fingerprint));
    }

    [Fact]
    public void Two_of_three_that_lost_their_power_wait_for_the_third()
    {
        long fingerprint = _group[1].Log.FingerprintAt(End);
        _group[3].Crash();
        Crash(1, power: true);
        Crash(2, power: true);
        Restart(1, 2);

        _group.Tick(20 * RaftOptions.Default.ElectionTicks);
        Assert.All(_group.Nodes, node => Assert.False(node.IsLeader));

        Restart(3);
        Assert.True(UntilReady().Log.Contains(End, fingerprint));
    }

    [Fact]
    public void The_vote_of_one_that_abstains_makes_no_majority()
    {
        _group[1].Crash();
        Crash(2, power: true);
        Restart(2);

        _group.Tick(20 * RaftOptions.Default.ElectionTicks);
        Assert.All(_group.Nodes, node => Assert.False(node.IsLeader));
    }

    [Fact]
    public void A_majority_that_kept_its_power_needs_nobody_else_and_fills_who_lost_it()
    {
        Crash(1, power: true);
        Node leader = UntilReady();
        Assert.False(leader.Core.WasElectedByAll);

        Restart(1);
        _group.TickUntil(() => !_group[1].Core.Abstains);
        Assert.Equal(leader.Log.LastIndex, _group[1].Core.PersistedIndex);
    }

    /// <summary>As where the disk was lost (docs/decisions/0011): all that was committed is on the other one.</summary>
    [Fact]
    public void Of_two_the_one_that_kept_its_power_leads_and_fills_the_other()
    {
        var group = new Group(2, (setup, _) => setup with { IsRelaxed = true });
        group.Elect(1);
        group.Propose(1, Proposed);
        group.Settle();
        group[1].Crash(losesPower: true);
        group[1].Restart();
        group.Heal();

        group.TickUntil(() => group[2].Core.IsLeaderReady);
        Assert.False(group[2].Core.WasElectedByAll);
        Assert.False(group[1].Core.Abstains);
        Assert.True(group[2].Log.Contains(End, group[1].Log.FingerprintAt(End)));
    }

    /// <summary>It can fill the other once that is heard again, and nobody but it could lead meanwhile.</summary>
    [Fact]
    public void Of_two_the_one_that_kept_its_power_does_not_lead_in_term_after_term()
    {
        var group = new Group(2, (setup, _) => setup with { IsRelaxed = true });
        group.Elect(1);
        group.Propose(1, Proposed);
        group.Settle();
        group[1].Crash(losesPower: true);
        group[1].Restart();
        group.Heal();
        group.Cut(message => message.Kind == MessageKind.Append);
        group.TickUntil(() => group[2].IsLeader);
        Term term = group[2].Core.CurrentTerm;

        group.Tick(10 * RaftOptions.Default.ElectionTicks);
        Assert.True(group[2].IsLeader);
        Assert.Equal(term, group[2].Core.CurrentTerm);
    }

    [Fact]
    public void Who_lost_its_disk_elects_nobody()
    {
        CrashAll(power: true);
        _group[3].Wipe();
        Restart(1, 2);
        _group[3].Restart(abstains: true);

        _group.Tick(20 * RaftOptions.Default.ElectionTicks);
        Assert.All(_group.Nodes, node => Assert.False(node.IsLeader));
    }

    [Fact]
    public void A_leader_whose_voters_lost_their_power_before_it_could_commit_lets_all_elect_anew()
    {
        var group = new Group(3, (setup, _) => setup with { IsRelaxed = true });
        group.Cut(message => message.Kind == MessageKind.Append);
        group.Elect(1);
        foreach (int id in (int[])[2, 3])
        {
            group[id].Crash(losesPower: true);
            group[id].Restart();
        }

        group.Heal();
        group.TickUntil(() => group.Nodes.Any(node => node.Core.IsLeaderReady));
        Assert.True(group.Nodes.Single(node => node.IsLeader).Core.WasElectedByAll);
    }

    [Fact]
    public void A_new_session_takes_back_what_was_acknowledged_and_commit_stays()
    {
        Assert.Equal(End, _group[1].Core.Progress(new BrokerId(2))!.Value.Match);

        _group[1].Input(() => _group[1].Core.PeerSession(new BrokerId(2)));

        Assert.Equal(LogIndex.Zero, _group[1].Core.Progress(new BrokerId(2))!.Value.Match);
        Assert.Equal(End, _group[1].Core.CommitIndex);
    }

    [Fact]
    public void A_learner_that_holds_what_all_voters_lost_meets_it_and_begins_anew()
    {
        var group = new Group(1, (setup, _) => setup with { IsRelaxed = true }, spares: 1);
        group.Elect(1);
        group.Teach(1, 2);
        group.Propose(1, Proposed);
        group.Tick(3 * RaftOptions.Default.HeartbeatTicks);
        LogIndex end = group[1].Log.LastIndex;
        Assert.Equal(end, group[2].Core.CommitIndex);

        group[1].Crash(losesPower: true);
        Assert.True(group[1].KeptLog.LastIndex < end, "this seed keeps everything");
        group[1].Restart();
        group.Heal();
        group.TickUntil(() => group[1].Core.IsLeaderReady);
        group.Propose(1, 2 * Proposed);
        group.TickUntil(() => group[2].MustBeginAnew);

        group[2].Crash();
        group[2].Restart(anew: new MemoryLog([]));
        group.Heal();
        group.TickUntil(() => group[2].Core.CommitIndex == group[1].Log.LastIndex);
        Assert.True(group[2].Log.StartsWith(group[1].Log));
    }

    [Fact]
    public void Who_loses_its_power_again_is_not_filled_by_the_entry_that_began_the_term()
    {
        RaftOptions options = RaftOptions.Default with { MaxMessageBytes = 100 };
        var group = new Group(3, (setup, _) => setup with { IsRelaxed = true, Options = options });
        group.Elect(1);
        foreach (Node node in group.Nodes)
            node.Crash(losesPower: true);
        foreach (Node node in group.Nodes)
            node.Restart();
        group.Heal();
        group.TickUntil(() => group.Nodes.All(node => !node.Core.Abstains));
        Node leader = group.Nodes.Single(node => node.IsLeader);
        Node other = group.Nodes.First(node => node != leader);
        LogIndex termStart = leader.Log.LastIndex;
        group.Propose(leader.Id.Value, Proposed);
        group.Tick(options.HeartbeatTicks);
        LogIndex end = leader.Core.CommitIndex;

        other.Crash(losesPower: true);
        Assert.True(other.KeptLog.LastIndex + 2 < end, "this seed keeps everything");
        other.Restart();
        group.Heal();
        group.Cut(m => m.Kind == MessageKind.Append && m.To == other.Id && m.LastIndex >= end
            && m.LastIndex > m.PrevIndex);
        group.Tick(5 * options.HeartbeatTicks);
        Assert.True(other.Core.PersistedIndex > termStart, "nothing comes through");
        Assert.True(other.Core.Abstains);

        group.Mend();
        group.TickUntil(() => !other.Core.Abstains);
        Assert.True(other.Core.PersistedIndex >= end);
    }

    private void Crash(int id, bool power) => _group[id].Crash(power);

    private void CrashAll(bool power)
    {
        foreach (Node node in _group.Nodes)
            node.Crash(power);
    }

    private void Restart(params ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
            _group[id].Restart();
        _group.Heal();
    }

    private Node UntilReady()
    {
        _group.TickUntil(() => _group.Nodes.Any(node => node.IsUp && node.Core.IsLeaderReady));
        return _group.Nodes.Single(node => node.IsLeader);
    }
}
