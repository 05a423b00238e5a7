using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Replicating;

/// <summary>How a group falls asleep, what wakes it, and what never sleeps.</summary>
public sealed class SleepOfferTests
{
    private const int Idle = 5;
    private static readonly int Election = RaftOptions.Default.ElectionTicks;

    [Fact]
    public void An_idle_group_falls_asleep_and_says_nothing_any_more()
    {
        Group group = Asleep();
        int said = group.Delivered.Count;
        group.Tick(10 * Election);
        Assert.Equal(said, group.Delivered.Count);
        Assert.All(group.Nodes, node => Assert.True(node.Core.IsAsleep));
        Assert.True(group[1].Core.IsLeaderReady);
    }

    [Fact]
    public void A_proposal_wakes_everybody_and_is_committed()
    {
        Group group = Asleep();
        group.Propose(1, 3);
        group.Settle();
        Assert.All(group.Nodes, node => Assert.False(node.Core.IsAsleep));
        group.Tick(2 * RaftOptions.Default.HeartbeatTicks);
        Assert.All(group.Nodes, node => Assert.Equal(group[1].Log.LastIndex, node.Core.CommitIndex));
        group.TickUntil(() => AllSleep(group));
    }

    [Fact]
    public void A_read_wakes_its_leader_and_is_answered()
    {
        Group group = Asleep();
        group[1].Input(() => group[1].Core.ReadIndex(7));
        group.Settle();
        Assert.Equal(new ReadState(7, group[1].Log.LastIndex), Assert.Single(group[1].Reads));
    }

    [Fact]
    public void Nobody_is_offered_sleep_while_a_follower_lags()
    {
        Group group = Awake();
        group.Cut(m => m.Kind == MessageKind.Append && m.To.Value == 3);
        group.Propose(1, 3);
        group.Tick(10 * Idle);
        Assert.All(group.Nodes, node => Assert.False(node.Core.IsAsleep));
        Assert.DoesNotContain(group.Delivered, message => message.Sleep);
    }

    [Fact]
    public void A_leader_whose_follower_has_not_accepted_stays_awake_until_it_has()
    {
        Group group = Awake();
        group.Cut(m => m.Sleep && m.Kind == MessageKind.HeartbeatReply && m.From.Value == 3);
        group.TickUntil(() => group[2].Core.IsAsleep && group[3].Core.IsAsleep);
        group.Tick(10 * Idle);
        Assert.False(group[1].Core.IsAsleep);
        group.Mend();
        group.TickUntil(() => AllSleep(group), limit: 2 * RaftOptions.Default.HeartbeatTicks);
    }

    [Fact]
    public void A_learner_keeps_its_group_awake()
    {
        Group group = Awake(spares: 1);
        group.Teach(1, 4);
        group.Tick(10 * Idle);
        Assert.All(group.Nodes, node => Assert.False(node.Core.IsAsleep));
    }

    [Fact]
    public void Who_abstains_keeps_its_group_awake()
    {
        Group group = Awake();
        group[3].Input(group[3].Core.Quarantine);
        group.Tick(10 * Idle);
        Assert.All(group.Nodes, node => Assert.False(node.Core.IsAsleep));
    }

    [Fact]
    public void Sleepers_whose_leader_has_been_silent_campaign_as_soon_as_those_who_were_awake()
    {
        Group group = Asleep();
        group.Isolate(1);
        Silence(group[2], 1);
        Silence(group[3], 1);
        int ticks = group.TickUntil(() => group[2].IsLeader || group[3].IsLeader);
        Assert.True(ticks <= Election, $"{ticks} ticks after the silence");
    }

    [Fact]
    public void A_lost_session_wakes_a_follower_and_it_wakes_its_leader()
    {
        Group group = Asleep();
        group[2].Input(() => group[2].Core.PeerLost(new BrokerId(1), _ => 0));
        Assert.False(group[2].Core.IsAsleep);
        group.Settle();
        Assert.False(group[1].Core.IsAsleep);
        Assert.False(group[3].Core.IsAsleep);
        group.Tick(Election);
        Assert.True(group[1].IsLeader);
        group.TickUntil(() => AllSleep(group));
    }

    [Fact]
    public void A_new_process_of_a_follower_wakes_its_leader()
    {
        Group group = Asleep();
        group[1].Input(() => group[1].Core.PeerSession(new BrokerId(3)));
        Assert.False(group[1].Core.IsAsleep);
        Assert.Equal(LogIndex.Zero, group[1].Core.Progress(new BrokerId(3))!.Value.Match);
    }

    [Fact]
    public void A_stranger_that_is_lost_wakes_nobody()
    {
        Group group = Asleep();
        group[1].Input(() => group[1].Core.PeerLost(new BrokerId(9), _ => Election));
        group[1].Input(() => group[1].Core.PeerSession(new BrokerId(9)));
        group[1].Input(() => group[1].Core.PeerGone(new BrokerId(9)));
        Assert.True(group[1].Core.IsAsleep);
    }

    [Fact]
    public void A_leader_that_steps_down_asleep_leaves_nobody_asleep()
    {
        Group group = Asleep();
        group.Cut(m => m.Kind is MessageKind.TimeoutNow or MessageKind.Heartbeat);
        group[1].Input(group[1].Core.AppendFailed);
        group.Settle();
        Assert.False(group[2].Core.IsAsleep);
        Assert.Equal(BrokerId.None, group[2].Core.Leader);
        group.Mend();
        group.TickUntil(() => group[2].IsLeader || group[3].IsLeader, limit: 3 * Election);
    }

    [Fact]
    public void A_leader_that_ends_leaves_nobody_asleep()
    {
        Group group = Asleep();
        group.Cut(m => m.Kind == MessageKind.Heartbeat);
        group[1].Input(group[1].Core.End);
        group.Settle();
        Assert.All(group.Nodes, node => Assert.False(node.Core.IsAsleep));
        Assert.All(group.Nodes, node => Assert.Equal(BrokerId.None, node.Core.Leader));
    }

    [Fact]
    public void A_follower_that_ends_wakes_its_leader()
    {
        Group group = Asleep();
        group[3].Input(group[3].Core.End);
        group.Settle();
        Assert.False(group[1].Core.IsAsleep);
    }

    [Fact]
    public void A_leader_that_has_forgotten_that_it_led_leaves_nobody_asleep()
    {
        Group group = Asleep(voters: 2);
        ForgetAll(group, 1);
        group.TickUntil(() => group[2].Core.IsLeaderReady, limit: 4 * Election);
    }

    [Fact]
    public void Nobody_falls_asleep_on_the_offer_of_a_leader_that_has_forgotten_that_it_led()
    {
        Group group = Awake(voters: 2);
        group[2].MaySleep = false;
        group.TickUntil(() => group.Delivered.Exists(message => message.Sleep));
        ForgetAll(group, 1);
        group[2].MaySleep = true;
        group.TickUntil(() => group[2].Core.IsLeaderReady, limit: 4 * Election);
    }

    [Fact]
    public void Nobody_falls_asleep_on_an_offer_after_which_something_may_have_been_lost()
    {
        Group group = Awake();
        group[2].MaySleep = false;
        group.TickUntil(() => group.Delivered.Exists(message => message.Sleep && message.To.Value == 2));
        group.Isolate(1);
        group[2].Input(() => group[2].Core.PeerLost(new BrokerId(1), _ => 0));
        group[2].MaySleep = true;
        group[2].Tick();
        Assert.False(group[2].Core.IsAsleep);
    }

    [Fact]
    public void A_leader_that_has_lost_its_quorum_asleep_leads_no_longer_than_one_awake()
    {
        Group group = Asleep();
        group.Isolate(1);
        Silence(group[1], 2, 3);
        group.TickUntil(() => !group[1].IsLeader, limit: 1);
    }

    private static Group Awake(int voters = 3, int spares = 0)
    {
        var group = new Group(voters, (setup, _) => setup with
        {
            Options = RaftOptions.Default with { SleepTicks = Idle },
        }, spares: spares);
        foreach (Node node in group.Nodes)
            node.MaySleep = true;
        group.Elect(1);
        return group;
    }

    private static Group Asleep(int voters = 3)
    {
        Group group = Awake(voters);
        group.TickUntil(() => AllSleep(group), limit: 3 * Idle);
        return group;
    }

    private static bool AllSleep(Group group) => group.Nodes.All(node => node.Core.IsAsleep);

    /// <summary>Its disk is an empty one, and all that others hear of it is that a session with it begins.</summary>
    private static void ForgetAll(Group group, int id)
    {
        group[id].Crash();
        group[id].Wipe();
        group[id].Restart();
        group.Heal();
    }

    /// <summary>It has not heard the brokers of others for an election timeout.</summary>
    private static void Silence(Node node, params int[] silent) => node.Input(() => node.Core.PeerLost(
        new BrokerId(silent[0]), peer => silent.Contains(peer.Value) ? Election : 0));
}
