using Broker.Metadata;
using Broker.Model;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class VoterChangesTests
{
    [Fact]
    public async Task A_follower_becomes_a_voter_and_counts_as_one()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3, Small);
        TestBroker added = await quorum.FollowerAsync(4);
        for (int i = 0; i < 35; i++)
            await quorum.CommitAsync(Records.Block(i));
        await quorum.ChangeAsync(by: 4, adds: true, 4);
        await quorum.UntilVotersAreAsync(1, 2, 3, 4);

        // Two of four are no majority; with the new one three are.
        TestBroker leader = await quorum.LeaderAsync();
        TestBroker killed = quorum.Brokers.First(broker => broker != leader && broker != added);
        await killed.KillAsync();
        await quorum.CommitAsync(Records.Block(35));
        await leader.KillAsync();
        await quorum.RestartAsync(killed.Id.Value);
        TestBroker next = await quorum.LeaderAsync();
        Assert.NotEqual(leader.Id, next.Id);
        Assert.Equal(360, next.Quorum.Image.NextProducerId);
        await quorum.CommitAsync(Records.Block(36));
        await quorum.UntilAsync(() => added.Quorum.Image.NextProducerId == 370);
    }

    [Fact]
    public async Task A_voter_that_is_removed_follows_and_its_log_is_gone()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.CommitAsync(Records.Numbered(1));
        int removed = (await quorum.NoLeaderAsync()).Id.Value;
        await quorum.ChangeAsync(by: removed, adds: false, removed);
        await quorum.UntilVotersAreAsync([.. new[] { 1, 2, 3 }.Where(id => id != removed)]);
        await quorum.UntilAsync(() => !Directory.Exists(quorum.DirectoryOf(removed)));
        await quorum.CommitAsync(Records.Numbered(2));
        await quorum.UntilAsync(() => Records.Number(quorum[removed].Quorum.Image) == 2);
        Assert.False(quorum[removed].Quorum.IsVoter);

        // Its configuration file lists it still.
        TestBroker back = await quorum.RestartAsync(removed);
        await quorum.UntilAsync(() => back.IsOpen && Records.Number(back.Quorum.Image) == 2);
        Assert.False(back.Quorum.IsVoter);
        Assert.False(Directory.Exists(quorum.DirectoryOf(removed)));
    }

    [Fact]
    public async Task A_leader_that_is_removed_hands_over_first()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.CommitAsync(Records.Numbered(1));
        TestBroker leader = await quorum.LeaderAsync();
        await quorum.ChangeAsync(by: leader.Id.Value, adds: false, leader.Id.Value);
        await quorum.UntilVotersAreAsync([.. new[] { 1, 2, 3 }.Where(id => id != leader.Id.Value)]);
        await quorum.CommitAsync(Records.Numbered(2));
        await quorum.UntilAsync(() => !leader.Quorum.IsVoter && Records.Number(leader.Quorum.Image) == 2);
    }

    [Fact]
    public async Task A_dead_voter_is_replaced_and_finds_out_when_it_comes_back()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.FollowerAsync(4);
        await quorum.CommitAsync(Records.Numbered(1));
        int dead = (await quorum.NoLeaderAsync()).Id.Value;
        await quorum[dead].KillAsync();
        await quorum.ChangeAsync(by: 4, adds: true, 4);
        await quorum.ChangeAsync(by: 4, adds: false, dead);
        int[] voters = [.. new[] { 1, 2, 3, 4 }.Where(id => id != dead)];
        await quorum.UntilVotersAreAsync(voters);
        for (int i = 2; i <= 10; i++)
            await quorum.CommitAsync(Records.Numbered(i));

        TestBroker back = quorum.Start(dead);
        await quorum.UntilAsync(() =>
            back.IsOpen && !back.Quorum.IsVoter && Records.Number(back.Quorum.Image) == 10);
        await quorum.UntilAsync(() => !Directory.Exists(quorum.DirectoryOf(dead)));
    }

    [Fact]
    public async Task All_voters_may_be_replaced_one_by_one_and_all_start_again_with_the_old_configuration_file()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3, Small);
        for (int i = 1; i <= 3; i++)
        {
            await quorum.FollowerAsync(i + 3);
            await quorum.ChangeAsync(by: i, adds: true, i + 3);
            await quorum.ChangeAsync(by: i + 3, adds: false, i);
            await quorum.CommitAsync(Records.Numbered(i));
        }

        await quorum.UntilVotersAreAsync(4, 5, 6);
        await Task.WhenAll(quorum.Brokers.Select(broker => broker.KillAsync()).ToArray());
        for (int id = 1; id <= 6; id++)
            quorum.Start(id);
        TestBroker leader = await quorum.LeaderAsync(4, 5, 6);
        Assert.Equal(3, Records.Number(leader.Quorum.Image));
        await quorum.CommitAsync(Records.Numbered(4));
        await quorum.UntilAsync(() => quorum.Brokers.All(broker =>
            broker.IsOpen && Records.Number(broker.Quorum.Image) == 4));
        Assert.All(quorum.Brokers, broker => Assert.Equal(broker.Id.Value > 3, broker.Quorum.IsVoter));
    }

    [Fact]
    public async Task A_voter_that_was_wiped_votes_again_when_it_was_removed_and_added()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3, Small);
        for (int i = 0; i < 30; i++)
            await quorum.CommitAsync(Records.Block(i));
        int id = (await quorum.NoLeaderAsync()).Id.Value;
        TestBroker wiped = await quorum.RestartAsync(id, wiped: true);
        await quorum.UntilAsync(() => wiped.IsOpen && wiped.Quorum.Image.NextProducerId == 300);

        VoterOutcome refused = await wiped.Quorum.AddAsync(wiped.Id, TestQuorum.Patience, quorum.Token);
        Assert.Equal(VoterStatus.AlreadyVotes, refused.Status);
        Assert.False(wiped.Quorum.IsVoter);
        Assert.False(Directory.Exists(quorum.DirectoryOf(id)));

        await quorum.ChangeAsync(by: id, adds: false, id);
        await quorum.ChangeAsync(by: id, adds: true, id);
        await quorum.UntilVotersAreAsync(1, 2, 3);
        TestBroker other = quorum.Brokers.First(broker => !broker.Leads && broker != wiped);
        await other.KillAsync();
        await quorum.CommitAsync(Records.Block(30));
        await quorum.UntilAsync(() => wiped.Quorum.Image.NextProducerId == 310);
    }

    [Fact]
    public async Task A_change_that_was_committed_is_found_in_the_log_by_a_voter_that_died_before_it_noted_it()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.FollowerAsync(4);
        string note = Path.Combine(quorum.DirectoryOf(1), "voters");
        byte[] before = File.ReadAllBytes(note);
        await quorum.ChangeAsync(by: 4, adds: true, 4);
        await quorum.CommitAsync(Records.Numbered(1));
        await quorum.UntilVotersAreAsync(1, 2, 3, 4);
        await quorum.UntilAsync(() => Records.Number(quorum[1].Quorum.Image) == 1);
        await Task.WhenAll(quorum.Brokers.Select(broker => broker.KillAsync()).ToArray());
        Assert.NotEqual(before, File.ReadAllBytes(note));
        File.WriteAllBytes(note, before);

        TestBroker alone = quorum.Start(1);
        await quorum.UntilAsync(() => alone.IsOpen);
        QuorumDescription seen = await alone.Quorum.DescribeAsync(quorum.Token);
        Assert.Equal([1, 2, 3, 4], seen.Members.Where(member => member.IsListed).Select(member => member.Broker.Value));
    }

    [Fact]
    public async Task A_cluster_of_one_grows_to_three_and_shrinks_again()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(1);
        await quorum.FollowerAsync(2);
        await quorum.FollowerAsync(3);
        await quorum.ChangeAsync(by: 1, adds: true, 2);
        await quorum.ChangeAsync(by: 1, adds: true, 3);
        await quorum.CommitAsync(Records.Numbered(1));
        await quorum.ChangeAsync(by: 3, adds: false, 1);
        await quorum.ChangeAsync(by: 3, adds: false, 2);
        await quorum.UntilVotersAreAsync(3);
        await quorum.CommitAsync(Records.Numbered(2));
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => Records.Number(broker.Quorum.Image) == 2));
    }

    private static QuorumOptions Small(QuorumOptions options) =>
        options with { EntriesPerSnapshot = 10, FollowedBytes = 500 };
}
