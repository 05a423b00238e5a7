using Broker.Metadata;
using Broker.Model;
using Broker.Storage;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class MetadataQuorumTests
{
    [Fact]
    public async Task Three_voters_found_a_cluster_and_agree_on_it()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.CommitAsync(Records.Numbered(7));
        await quorum.UntilAsync(() => quorum.Brokers.All(broker =>
            broker.IsOpen && broker.Quorum.IsVoter && Records.Number(broker.Quorum.Image) == 7));
        Assert.Single(quorum.Brokers.Select(broker => broker.Quorum.Image.ClusterId).Distinct());
        Assert.False(quorum[1].Quorum.Image.ClusterId.IsEmpty);
        await quorum.UntilAsync(() =>
            quorum.Brokers.Select(broker => broker.Quorum.Leadership).Distinct().Count() == 1);
    }

    [Fact]
    public async Task A_cluster_founded_at_an_older_level_is_raised_and_stays_so()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(
            3, options => options with { FoundingLevel = FeatureLevel.Oldest });
        Assert.Equal(FeatureLevel.Oldest, (await quorum.LeaderAsync()).Quorum.Image.Level);
        await quorum.CommitAsync(new FeatureLevelRaised(FeatureLevel.Newest));
        await quorum.RestartAsync(1);
        await quorum.UntilAsync(() => quorum.Brokers.All(
            broker => broker.IsOpen && broker.Quorum.Image.Level == FeatureLevel.Newest));
    }

    [Fact]
    public async Task A_cluster_of_one_works_and_its_terms_go_up()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(1);
        await quorum.CommitAsync(Records.Numbered(7));
        long term = quorum[1].Quorum.Leadership.Term;
        ClusterId cluster = quorum[1].Quorum.Image.ClusterId;
        await quorum.RestartAsync(1);
        await quorum.LeaderAsync();
        Assert.Equal(7, Records.Number(quorum[1].Quorum.Image));
        Assert.Equal(cluster, quorum[1].Quorum.Image.ClusterId);
        Assert.True(quorum[1].Quorum.Leadership.Term > term);
        await quorum.CommitAsync(Records.Numbered(8));
        await quorum[1].Quorum.BarrierAsync(quorum.Token);
    }

    [Fact]
    public async Task Another_leader_takes_over_within_a_second_and_knows_everything()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        for (int i = 1; i <= 20; i++)
            await quorum.CommitAsync(Records.Numbered(i));
        TestBroker killed = await quorum.LeaderAsync();
        long term = killed.Quorum.Leadership.Term;
        Task killing = killed.KillAsync();
        int[] others = [.. quorum.Brokers.Where(broker => broker != killed).Select(broker => broker.Id.Value)];
        TestBroker leader = await quorum.LeaderAsync(others);
        Assert.Equal(20, Records.Number(leader.Quorum.Image));
        Assert.True(leader.Quorum.Leadership.Term > term);
        await killing;
        await quorum.CommitAsync(Records.Numbered(21));
        TestBroker back = quorum.Start(killed.Id.Value);
        await quorum.UntilAsync(() => back.IsOpen && Records.Number(back.Quorum.Image) == 21);
        Assert.True(back.Quorum.IsVoter);
    }

    [Fact]
    public async Task All_may_stop_at_once_and_everything_is_there_afterwards()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        ClusterId cluster = (await quorum.LeaderAsync()).Quorum.Image.ClusterId;
        for (int round = 1; round <= 3; round++)
        {
            for (int i = 1; i <= 20; i++)
                await quorum.CommitAsync(Records.Numbered(round * 100 + i));
            await Task.WhenAll(quorum.Brokers.Select(broker => broker.KillAsync()).ToArray());
            for (int id = 1; id <= 3; id++)
                quorum.Start(id);
            TestBroker leader = await quorum.LeaderAsync();
            Assert.Equal(round * 100 + 20, Records.Number(leader.Quorum.Image));
            Assert.Equal(cluster, leader.Quorum.Image.ClusterId);
        }
    }

    [Fact]
    public async Task An_entry_that_contradicts_one_its_proposer_gave_up_on_changes_nothing_and_stops_nobody()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        TestBroker leader = await quorum.LeaderAsync();
        for (int block = 0; block < 20; block++)
        {
            long term = leader.Quorum.Leadership.Term;
            using var enough = new CancellationTokenSource();
            ValueTask<ProposeOutcome> first = leader.Quorum.ProposeAsync(term, [Records.Block(block)], enough.Token);
            await enough.CancelAsync();
            ProposeOutcome second = await leader.Quorum.ProposeAsync(term, [Records.Block(block)], quorum.Token);
            await first;

            Assert.True(second.Status is ProposeStatus.Committed or ProposeStatus.Conflict, $"{second.Status}");
            await quorum.CommitAsync(Records.Numbered(block + 1));
            Assert.Equal((block + 1) * 10, leader.Quorum.Image.NextProducerId);
        }

        Assert.All(quorum.Brokers, broker => Assert.False(broker.Quorum.Failed.IsCompleted));
    }

    [Fact]
    public async Task A_batch_is_applied_as_a_whole_or_not_at_all()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        TestBroker leader = await quorum.LeaderAsync();
        long term = leader.Quorum.Leadership.Term;
        ProposeOutcome outcome = await leader.Quorum.ProposeAsync(
            term, [Records.Numbered(5), Records.Block(0), Records.Block(1)], quorum.Token);
        Assert.Equal(ProposeStatus.Committed, outcome.Status);
        Assert.Equal(outcome.Index, leader.Quorum.Image.Index);
        Assert.Equal(20, leader.Quorum.Image.NextProducerId);
        outcome = await leader.Quorum.ProposeAsync(term, [Records.Numbered(6), Records.Block(7)], quorum.Token);
        Assert.Equal(ProposeStatus.Conflict, outcome.Status);
        Assert.Equal(5, Records.Number(leader.Quorum.Image));
    }

    [Fact]
    public async Task Proposals_at_the_same_time_are_decided_one_after_another()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        TestBroker leader = await quorum.LeaderAsync();
        ProposeOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            leader.Quorum.ProposeAsync(leader.Quorum.Leadership.Term, [Records.Block(0)], quorum.Token).AsTask()));
        Assert.Single(outcomes, outcome => outcome.Status == ProposeStatus.Committed);
        Assert.Equal(19, outcomes.Count(outcome => outcome.Status == ProposeStatus.Conflict));
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.Quorum.Image.NextProducerId == 10));
    }

    [Fact]
    public async Task Only_the_leader_of_the_term_may_propose()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        TestBroker leader = await quorum.LeaderAsync();
        long term = leader.Quorum.Leadership.Term;
        await quorum.UntilAsync(() => quorum.Brokers.All(
            broker => broker.IsOpen && broker.Quorum.Leadership.Leader == leader.Id));
        foreach (TestBroker broker in quorum.Brokers)
        {
            ProposeOutcome outcome = await broker.Quorum.ProposeAsync(
                broker == leader ? term - 1 : term, [Records.Block(0)], quorum.Token);
            Assert.Equal(ProposeOutcome.NotLeader(leader.Id), outcome);
        }
    }

    [Fact]
    public async Task A_barrier_anywhere_sees_what_was_committed_before()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        quorum.Start(4);
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.IsOpen));
        for (int i = 1; i <= 40; i++)
        {
            await quorum.CommitAsync(Records.Numbered(i));
            TestBroker reader = quorum[1 + i % 4];
            await reader.Quorum.BarrierAsync(quorum.Token);
            Assert.Equal(i, Records.Number(reader.Quorum.Image));
        }
    }

    [Fact]
    public async Task Without_a_quorum_nothing_is_committed_and_no_barrier_passes()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        TestBroker leader = await quorum.LeaderAsync();
        long term = leader.Quorum.Leadership.Term;
        TestBroker[] others = [.. quorum.Brokers.Where(broker => broker != leader)];
        await Task.WhenAll(others.Select(broker => broker.KillAsync()).ToArray());
        ProposeOutcome outcome = await leader.Quorum.ProposeAsync(term, [Records.Numbered(9)], quorum.Token);
        Assert.Contains(outcome.Status, new[] { ProposeStatus.Unknown, ProposeStatus.NotLeader });
        await quorum.UntilAsync(() => leader.Quorum.Leadership.Leader == BrokerId.None);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await leader.Quorum.BarrierAsync(patience.Token));
        foreach (TestBroker broker in others)
            quorum.Start(broker.Id.Value);
        await quorum.CommitAsync(Records.Numbered(10));
    }

    [Fact]
    public async Task A_leader_that_resigns_is_followed_by_another()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        for (int i = 1; i <= 3; i++)
        {
            TestBroker leader = await quorum.LeaderAsync();
            await leader.Quorum.ResignAsync(quorum.Token);
            Assert.NotEqual(leader.Id, leader.Quorum.Leadership.Leader);
            Assert.NotEqual(BrokerId.None, leader.Quorum.Leadership.Leader);
            await quorum.CommitAsync(Records.Numbered(i));
        }
    }

    [Fact]
    public async Task A_leader_that_resigns_while_nobody_else_can_lead_leads_again()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.IsOpen));
        TestBroker leader = await quorum.LeaderAsync();
        TestBroker[] others = [.. quorum.Brokers.Where(broker => broker != leader)];
        foreach (TestBroker broker in others)
            broker.Channel.Cut();
        await leader.Quorum.ResignAsync(quorum.Token);
        foreach (TestBroker broker in others)
            broker.Channel.Mend();
        await quorum.CommitAsync(Records.Numbered(1));
    }

    [Fact]
    public async Task A_voter_that_was_cut_off_comes_back_and_what_it_proposed_alone_is_gone()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.CommitAsync(Records.Numbered(1));
        TestBroker alone = await quorum.LeaderAsync();
        alone.Channel.Cut();
        long term = alone.Quorum.Leadership.Term;
        Task<ProposeOutcome>[] lost = [.. Enumerable.Range(100, 5).Select(number =>
            alone.Quorum.ProposeAsync(term, [Records.Numbered(number)], quorum.Token).AsTask())];
        int[] others = [.. quorum.Brokers.Where(broker => broker != alone).Select(broker => broker.Id.Value)];
        TestBroker leader = await quorum.LeaderAsync(others);
        for (int i = 2; i <= 10; i++)
            await leader.Quorum.ProposeAsync(leader.Quorum.Leadership.Term, [Records.Numbered(i)], quorum.Token);
        foreach (ProposeOutcome outcome in await Task.WhenAll(lost))
            Assert.NotEqual(ProposeStatus.Committed, outcome.Status);
        alone.Channel.Mend();
        await quorum.UntilAsync(() => Records.Number(alone.Quorum.Image) == 10);
        await quorum.CommitAsync(Records.Numbered(11));
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => Records.Number(broker.Quorum.Image) == 11));
    }

    [Fact]
    public async Task A_damaged_log_keeps_the_broker_from_starting()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(1);
        await quorum.CommitAsync(Records.Numbered(7));
        await quorum[1].KillAsync();
        string data = Path.Combine(quorum.DirectoryOf(1), "data", "0");
        byte[] bytes = File.ReadAllBytes(data);
        bytes[20] ^= 1;
        File.WriteAllBytes(data, bytes);
        await Assert.ThrowsAsync<StorageException>(() => quorum.Start(1).OpeningEnds);
    }
}
