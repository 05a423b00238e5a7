using Broker.Model;
using Broker.Raft;
using Broker.Storage;
using Xunit;

namespace Broker.Replication.Tests.Hosting;

public sealed class ReplicaHostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_group_has_its_first_replica_as_leader_at_once()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();

        TestBroker leader = await cluster.LeaderAsync();

        Assert.Equal(1, leader.Id.Value);
        Assert.Equal(1, leader.ReplicaOf(TestCluster.Group()).Status.Term.Value);
    }

    [Fact]
    public async Task What_is_proposed_is_committed_on_every_replica_in_order()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();

        await cluster.ProposeAsync(0, 200);

        await cluster.AllHaveAsync(200);
        foreach (TestBroker broker in cluster.Brokers)
        {
            await Eventually.BecomesTrue(() => broker.ReplicaOf(TestCluster.Group()).HighWatermark == new Offset(200));
        }
    }

    [Fact]
    public async Task Many_proposals_at_once_are_answered_each_at_its_own_offset()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        TestBroker leader = await cluster.LeaderAsync();

        TestOutcome[] outcomes = await Task.WhenAll(
            Enumerable.Range(0, 2000).Select(i => TestCluster.Propose(leader, $"record {i}").Outcome));

        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => new Offset(i)), outcomes.Select(outcome => outcome.Offset));
        await cluster.AllHaveAsync(2000);
    }

    [Fact]
    public async Task A_follower_refuses_proposals()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        IReadOnlyList<TestBroker> followers = await cluster.FollowersAsync();

        TestOutcome outcome = await TestCluster.Propose(followers[0], "no").Outcome.WaitAsync(Token);

        Assert.Equal(ProposalFailure.NotLeader, outcome.Failure);
    }

    [Fact]
    public async Task When_the_leader_dies_another_leads_and_nothing_acknowledged_is_lost()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 50);
        TestBroker leader = await cluster.LeaderAsync();

        await leader.KillAsync();
        await cluster.ProposeAsync(50, 50);
        Assert.NotEqual(leader, await cluster.LeaderAsync());
        await cluster.RestartAsync(leader);

        await cluster.AllHaveAsync(100);
    }

    [Fact]
    public async Task The_death_of_a_process_is_noticed_without_waiting_for_an_election_timeout()
    {
        // With these an election by silence would take a minute.
        var options = new ClusterOptions
        {
            Host = new ReplicaHostOptions
            {
                Tick = TimeSpan.FromMilliseconds(100),
                Raft = new RaftOptions { ElectionTicks = 600, HeartbeatTicks = 1, PeerGoneTicks = 1 },
            },
        };
        await using TestCluster cluster = await TestCluster.StartAsync(options);
        await cluster.ProposeAsync(0, 5);
        TestBroker leader = await cluster.LeaderAsync();

        await leader.KillAsync();

        Assert.NotEqual(leader, await cluster.LeaderAsync());
    }

    [Fact]
    public async Task A_follower_that_was_away_catches_up_from_disk_when_memory_holds_it_no_more()
    {
        var options = new ClusterOptions { TailCacheBytes = 64 << 10 };
        await using TestCluster cluster = await TestCluster.StartAsync(options);
        await cluster.ProposeAsync(0, 10);
        TestBroker follower = (await cluster.FollowersAsync())[0];
        await follower.KillAsync();
        TestBroker leader = await cluster.LeaderAsync();
        for (int i = 10; i < 1010; i += 100)
        {
            int from = i;
            await Task.WhenAll(Enumerable.Range(from, 100).Select(
                n => TestCluster.Propose(leader, $"record {n}").Outcome));
        }

        // Records of another length push those out of memory.
        var filler = new TestProposal(new byte[256 << 10]);
        Assert.True(leader.ReplicaOf(TestCluster.Group()).TryPropose(filler));
        Assert.Null((await filler.Outcome).Failure);
        await cluster.RestartAsync(follower);

        // The commit index is told a moment before the machine hears of it.
        RecordingMachine told = leader.MachineOf(TestCluster.Group());
        await Eventually.BecomesTrue(
            () => follower.MachineOf(TestCluster.Group()).Committed.Count == told.Committed.Count);
        Assert.Equal(told.Committed, follower.MachineOf(TestCluster.Group()).Committed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_brokers_stop_and_start_again_with_everything(bool orderly)
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 100);
        await cluster.AllHaveAsync(100);

        await Task.WhenAll(cluster.Brokers.Select(broker => orderly ? broker.StopAsync() : broker.KillAsync()));
        foreach (TestBroker broker in cluster.Brokers)
            await cluster.RestartAsync(broker);
        await cluster.ProposeAsync(100, 1);

        foreach (TestBroker broker in cluster.Brokers)
        {
            RecordingMachine machine = broker.MachineOf(TestCluster.Group());
            await Eventually.BecomesTrue(() => machine.Committed.LastOrDefault() == "record 100");
            Assert.Equal(101, machine.Restored + machine.Committed.Count);
            Assert.Equal(orderly ? 100 : 0, machine.Restored);
            Assert.Equal(new Offset(101), broker.ReplicaOf(TestCluster.Group()).HighWatermark);
        }
    }

    [Fact]
    public async Task Leadership_is_handed_over_on_request()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 20);
        TestBroker leader = await cluster.LeaderAsync();
        TestBroker wanted = (await cluster.FollowersAsync())[1];

        Assert.True(await leader.ReplicaOf(TestCluster.Group()).TransferLeadershipAsync(wanted.Id, Token));

        await Eventually.BecomesTrue(() => wanted.ReplicaOf(TestCluster.Group()).Status.IsLeaderReady);
        await cluster.ProposeAsync(20, 1);
        await cluster.AllHaveAsync(21);
    }

    [Fact]
    public async Task Leadership_is_not_handed_to_a_broker_that_could_not_take_it_at_once()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 20);
        Replica leader = (await cluster.LeaderAsync()).ReplicaOf(TestCluster.Group());
        TestBroker dead = (await cluster.FollowersAsync())[1];
        await dead.KillAsync();
        await cluster.ProposeAsync(20, 20);
        await Eventually.BecomesTrue(() => !leader.Status.InSync.Contains(dead.Id));

        Assert.False(await leader.TransferLeadershipAsync(dead.Id, Token));
        Assert.False(await leader.TransferLeadershipAsync(new BrokerId(9), Token));
        Assert.True(leader.Status.IsLeaderReady);
    }

    [Fact]
    public async Task Draining_hands_every_leadership_over_and_loses_no_proposal()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(groups: 9);
        TestBroker first = cluster.Brokers[0];
        for (int i = 0; i < 9; i++)
            await cluster.LeaderAsync(TestCluster.Group(i));
        TestBroker leader = await cluster.LeaderAsync();
        Task<TestOutcome>[] proposed = [.. Enumerable.Range(0, 500).Select(
            i => TestCluster.Propose(leader, $"{i}").Outcome)];

        await first.Host.DrainAsync(Token);

        Assert.DoesNotContain(first.Host.Replicas, replica => replica.Status.IsLeader);
        TestOutcome[] outcomes = await Task.WhenAll(proposed);
        Assert.All(outcomes, outcome => Assert.True(outcome.Failure is null or ProposalFailure.NotLeader));
    }

    [Fact]
    public async Task More_replicas_than_a_quorum_can_be_asked_for()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 5);
        TestBroker leader = await cluster.LeaderAsync();
        Replica replica = leader.ReplicaOf(TestCluster.Group());
        await Eventually.BecomesTrue(() => replica.Status.InSync.Length == 3);
        Assert.Null((await TestCluster.Propose(leader, "all three", required: 3).Outcome).Failure);

        await (await cluster.FollowersAsync())[0].KillAsync();
        await Eventually.BecomesTrue(() => replica.Status.InSync.Length == 2);

        Assert.Null((await TestCluster.Propose(leader, "two", required: 2).Outcome).Failure);
        TestOutcome after = await TestCluster.Propose(leader, "three", required: 3).Outcome;
        Assert.Equal(ProposalFailure.NotEnoughReplicas, after.Failure);
        var before = new TestProposal([1]) { MinInSync = 3 };
        Assert.True(replica.TryPropose(before));
        Assert.Equal(2, (await before.Outcome).InSync);
    }

    [Fact]
    public async Task A_minority_acknowledges_nothing_and_steps_down()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 5);
        TestBroker leader = await cluster.LeaderAsync();
        foreach (TestBroker follower in await cluster.FollowersAsync())
            await follower.KillAsync();

        TestProposal proposal = TestCluster.Propose(leader, "minority");
        await Eventually.BecomesTrue(() => !leader.ReplicaOf(TestCluster.Group()).Status.IsLeader);

        Assert.False(await leader.ReplicaOf(TestCluster.Group()).ReadIndexAsync(Token));
        Assert.Equal(ProposalFailure.Unknown, (await proposal.Outcome.WaitAsync(Token)).Failure);
    }

    [Fact]
    public async Task A_duplicate_is_answered_with_its_original()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        TestBroker leader = await cluster.LeaderAsync();
        Replica replica = leader.ReplicaOf(TestCluster.Group());
        TestOutcome original = await TestCluster.Propose(leader, "original").Outcome;

        var repeated = new TestProposal([1]) { Repeats = original.Index };
        Assert.True(replica.TryPropose(repeated));

        Assert.Equal(original.Index, (await repeated.Outcome).Index);
    }

    [Fact]
    public async Task A_leader_confirms_itself_for_linearizable_reads_and_a_follower_does_not()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 5);
        TestBroker leader = await cluster.LeaderAsync();
        Replica replica = leader.ReplicaOf(TestCluster.Group());

        bool[] confirmed = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => replica.ReadIndexAsync(Token)));

        Assert.DoesNotContain(false, confirmed);
        TestBroker follower = (await cluster.FollowersAsync())[0];
        Assert.False(await follower.ReplicaOf(TestCluster.Group()).ReadIndexAsync(Token));
    }

    [Fact]
    public async Task The_mailbox_is_bounded_and_says_so()
    {
        var options = new ClusterOptions
        {
            Host = new ReplicaHostOptions { Tick = TimeSpan.FromMilliseconds(10), MaxProposals = 10 },
        };
        await using TestCluster cluster = await TestCluster.StartAsync(options);
        TestBroker leader = await cluster.LeaderAsync();
        foreach (TestBroker follower in await cluster.FollowersAsync())
            follower.Mesh.SetPeers([]);
        Replica replica = leader.ReplicaOf(TestCluster.Group());

        int taken = 0;
        while (taken < 100 && replica.TryPropose(new TestProposal([1])))
            taken++;

        Assert.Equal(10, taken);
    }

    [Fact]
    public async Task A_deleted_replica_leaves_nothing_and_its_neighbour_goes_on()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(groups: 2);
        await cluster.LeaderAsync(TestCluster.Group(1));
        foreach (TestBroker broker in cluster.Brokers)
            await broker.Host.StopAsync(TestCluster.Group(1), delete: true);

        await cluster.ProposeAsync(0, 3);
        foreach (TestBroker broker in cluster.Brokers)
        {
            Assert.Null(broker.Host.Find(TestCluster.Group(1)));
            Assert.False(Directory.Exists(broker.DirectoryOf(TestCluster.Group(1))));
        }
    }

    [Fact]
    public async Task Retention_moves_every_log_start_and_names_the_replica_that_holds_it_back()
    {
        var options = new ClusterOptions { Log = new LogOptions { SegmentBytes = 16 << 10 } };
        await using TestCluster cluster = await TestCluster.StartAsync(options);
        TestBroker leader = await cluster.LeaderAsync();
        Replica replica = leader.ReplicaOf(TestCluster.Group());
        await ProposeKilobytes(leader, 64);

        await Eventually.BecomesTrue(() => Retain() && replica.Log.LogStartOffset > Offset.Zero);
        foreach (TestBroker broker in cluster.Brokers)
        {
            PartitionLog log = broker.ReplicaOf(TestCluster.Group()).Log;
            await Eventually.BecomesTrue(() => log.LogStartOffset > Offset.Zero && log.FirstIndex.Value > 1);
            Assert.True(broker.MachineOf(TestCluster.Group()).LogStart > Offset.Zero);
        }

        TestBroker away = (await cluster.FollowersAsync())[0];
        await away.KillAsync();
        await ProposeKilobytes(leader, 64);
        LogIndex has = away.ReplicaOf(TestCluster.Group()).CommitIndex;
        await Eventually.BecomesTrue(() => Retain() && replica.LogStartHolder == away.Id);
        Assert.True(replica.Log.LogStartIndex <= has + 1);
        await cluster.RestartAsync(away);
        await Eventually.BecomesTrue(
            () => Retain() && replica.LogStartHolder == BrokerId.None && replica.Log.LogStartIndex > has);

        bool Retain()
        {
            replica.ApplyRetention(olderThan: -1, maxBytes: 16 << 10);
            return true;
        }

        static Task ProposeKilobytes(TestBroker leader, int count) =>
            Task.WhenAll(Enumerable.Range(0, count).Select(_ =>
        {
            var proposal = new TestProposal(new byte[1024]);
            Assert.True(leader.ReplicaOf(TestCluster.Group()).TryPropose(proposal));
            return proposal.Outcome;
        }));
    }

    [Fact]
    public async Task A_thousand_groups_elect_and_rest()
    {
        const int Groups = 1000;
        var options = new ClusterOptions { Host = new ReplicaHostOptions() };
        await using TestCluster cluster = await TestCluster.StartAsync(options, Groups);

        foreach (TestBroker broker in cluster.Brokers)
        {
            await Eventually.BecomesTrue(
                () => broker.Host.Replicas.All(replica => replica.Status.Leader != BrokerId.None));
        }

        await Eventually.BecomesTrue(() => cluster.Brokers.Sum(
            broker => broker.Host.Replicas.Count(replica => replica.Status.IsLeaderReady)) == Groups);

        // Nobody campaigns against a leader that lives, however many of them there are.
        var terms = cluster.Brokers[0].Host.Replicas.Select(replica => replica.Status.Term).ToList();
        int heartbeats = 0;
        await Eventually.BecomesTrue(() => ++heartbeats > 500);
        Assert.Equal(terms, cluster.Brokers[0].Host.Replicas.Select(replica => replica.Status.Term));
    }
}
