using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Leadership transfer (3.10).</summary>
public sealed class TransferTests
{
    [Fact]
    public void Section_3_10_Leadership_goes_to_the_chosen_follower_without_a_timeout()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 3);
        Assert.True(Transfer(group, 3));
        group.Settle();
        Assert.True(group[3].Core.IsLeaderReady);
        Assert.Equal(new BrokerId(3), group[1].Core.Leader);
    }

    [Fact]
    public void Section_3_10_While_handing_over_the_leader_takes_no_proposals_and_brings_the_target_up_to_date()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        group.Propose(1, 5);
        group.Settle();
        group.Heal();
        Assert.True(Transfer(group, 3));
        Assert.Null(group[1].Core.BeginProposal());
        Assert.Equal(new BrokerId(3), group[1].Core.TransferTarget);
        group.TickUntil(() => group[3].IsLeader, limit: RaftOptions.Default.ElectionTicks);
    }

    [Fact]
    public void Section_3_10_A_transfer_that_does_not_end_is_given_up_after_an_election_timeout()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        group.Propose(1);
        group.Settle();
        Assert.True(Transfer(group, 3));
        group.Tick(RaftOptions.Default.ElectionTicks);
        Assert.Equal(BrokerId.None, group[1].Core.TransferTarget);
        Assert.NotNull(group[1].Core.BeginProposal());
    }

    [Fact]
    public void A_transfer_to_a_process_that_is_gone_is_given_up_at_once()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        Transfer(group, 3);
        group[1].Input(() => group[1].Core.PeerGone(new BrokerId(3)));
        Assert.NotNull(group[1].Core.BeginProposal());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Leadership_is_not_handed_to_itself_or_to_a_stranger(int to)
    {
        var group = new Group(3);
        group.Elect(1);
        Assert.False(Transfer(group, to));
    }

    private static bool Transfer(Group group, int to)
    {
        bool begun = false;
        group[1].Input(() => begun = group[1].Core.TransferLeadership(new BrokerId(to)));
        return begun;
    }
}
