using Broker.Metadata;
using Broker.Model;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class VoterRefusalTests
{
    [Fact]
    public async Task The_last_voter_stays()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(1);
        await RefusedAsync(quorum, adds: false, 1, VoterStatus.Refused, "add another one first");
    }

    [Fact]
    public async Task Who_does_not_answer_does_not_become_a_voter()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await RefusedAsync(quorum, adds: true, 9, VoterStatus.Refused, "start it");
    }

    [Fact]
    public async Task Who_votes_is_not_added_and_who_does_not_is_not_removed()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await RefusedAsync(quorum, adds: true, 2, VoterStatus.AlreadyVotes, "already");
        await RefusedAsync(quorum, adds: false, 9, VoterStatus.NoVoter, "1, 2, 3");
    }

    [Fact]
    public async Task What_would_leave_too_few_voters_that_answer_is_refused()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.IsOpen));
        TestBroker dead = await quorum.NoLeaderAsync();
        await dead.KillAsync();
        TestBroker alive = quorum.Brokers.First(broker => broker != dead && !broker.Leads);
        await RefusedAsync(quorum, adds: false, alive.Id.Value, VoterStatus.Refused, "no majority");
        await quorum.ChangeAsync(by: alive.Id.Value, adds: false, dead.Id.Value);
    }

    [Fact]
    public async Task One_change_at_a_time()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        await quorum.FollowerAsync(4);
        await quorum.FollowerAsync(5);
        TestBroker leader = await quorum.LeaderAsync();
        Task<VoterOutcome>[] asked =
        [
            leader.Quorum.AddAsync(new BrokerId(4), TestQuorum.Patience, quorum.Token).AsTask(),
            leader.Quorum.AddAsync(new BrokerId(5), TestQuorum.Patience, quorum.Token).AsTask(),
        ];
        VoterOutcome[] outcomes = await Task.WhenAll(asked);
        Assert.Equal(VoterStatus.Done, outcomes[0].Status);
        Assert.Equal(VoterStatus.Refused, outcomes[1].Status);
        Assert.Contains("under way", outcomes[1].Message);
        await quorum.UntilVotersAreAsync(1, 2, 3, 4);
    }

    [Fact]
    public async Task Without_a_leader_nothing_is_promised()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        TestBroker follower = await quorum.FollowerAsync(4);
        await Task.WhenAll(quorum.Brokers.Where(b => b != follower).Take(2).Select(b => b.KillAsync()).ToArray());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        VoterOutcome outcome = await follower.Quorum.AddAsync(follower.Id, TestQuorum.Patience, patience.Token);
        Assert.Equal(VoterStatus.Unknown, outcome.Status);
        Assert.False(follower.Quorum.IsVoter);
    }

    // Refused everywhere alike, and nothing was changed.
    private static async Task RefusedAsync(
        TestQuorum quorum, bool adds, int broker, VoterStatus expected, string wayOut)
    {
        await quorum.LeaderAsync();
        foreach (TestBroker asked in quorum.Brokers.Where(b => b.IsOpen && !b.IsKilled))
        {
            VoterOutcome outcome = adds
                ? await asked.Quorum.AddAsync(new BrokerId(broker), TestQuorum.Patience, quorum.Token)
                : await asked.Quorum.RemoveAsync(new BrokerId(broker), TestQuorum.Patience, quorum.Token);
            Assert.Equal(expected, outcome.Status);
            Assert.Contains(wayOut, outcome.Message);
            QuorumDescription description = await asked.Quorum.DescribeAsync(quorum.Token);
            Assert.Equal(
                quorum.Configured,
                description.Members.Where(member => member.IsListed).Select(member => member.Broker));
        }
    }
}
