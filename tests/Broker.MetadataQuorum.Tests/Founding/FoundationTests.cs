using Broker.Model;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class FoundationTests
{
    [Fact]
    public async Task Nothing_is_founded_before_all_voters_were_heard()
    {
        await using var quorum = new TestQuorum(3);
        TestBroker first = quorum.Start(1);
        TestBroker second = quorum.Start(2);
        await Task.WhenAny(first.OpeningEnds, second.OpeningEnds, Task.Delay(500, quorum.Token));
        Assert.False(first.IsOpen || second.IsOpen);
        quorum.Start(3);
        await quorum.CommitAsync(Records.Numbered(1));
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.IsOpen && broker.Quorum.IsVoter));
    }

    [Fact]
    public async Task A_voter_that_was_wiped_follows_without_a_vote()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.IsOpen));
        await quorum.CommitAsync(Records.Numbered(1));
        TestBroker wiped = await quorum.RestartAsync(3, wiped: true);
        await quorum.UntilAsync(() => wiped.IsOpen && Records.Number(wiped.Quorum.Image) == 1);
        Assert.False(wiped.Quorum.IsVoter);
        Assert.False(Directory.Exists(quorum.DirectoryOf(3)));

        // One of the two that are left is no majority of three, whatever the wiped one says.
        TestBroker leader = await quorum.LeaderAsync();
        TestBroker other = quorum.Brokers.First(broker => broker != leader && broker != wiped);
        await other.KillAsync();
        await quorum.UntilAsync(() => leader.Quorum.Leadership.Leader == BrokerId.None);
        Assert.False(wiped.Leads);
    }

    [Fact]
    public async Task A_voter_that_lost_only_its_log_does_not_vote_either()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.IsOpen));
        await quorum.CommitAsync(Records.Numbered(1));
        await quorum[2].KillAsync();
        Directory.Delete(quorum.DirectoryOf(2), recursive: true);
        TestBroker robbed = quorum.Start(2);
        await quorum.UntilAsync(() => robbed.IsOpen && Records.Number(robbed.Quorum.Image) == 1);
        Assert.False(robbed.Quorum.IsVoter);
    }

    [Fact]
    public async Task A_founder_that_starts_late_votes_all_the_same()
    {
        await using var quorum = new TestQuorum(3);
        quorum.Start(1);
        quorum.Start(2);
        TestBroker late = quorum.Start(3);

        // Two may found and elect while the third, whom they asked, is not through with asking.
        late.Channel.Cut();
        late.Channel.Mend();
        await quorum.CommitAsync(Records.Numbered(1));
        await quorum.UntilAsync(() => late.IsOpen && Records.Number(late.Quorum.Image) == 1);
        Assert.True(late.Quorum.IsVoter);
    }
}
