using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Who may win: the election restriction (3.6.1).</summary>
public sealed class ElectionRestrictionTests
{
    [Theory]
    [InlineData(new[] { 1, 1 }, new[] { 1, 1 }, true)]
    [InlineData(new[] { 1, 1, 1 }, new[] { 1, 1 }, true)]
    [InlineData(new[] { 1 }, new[] { 1, 1 }, false)]
    [InlineData(new[] { 2 }, new[] { 1, 1, 1 }, true)]
    [InlineData(new[] { 1, 1, 1 }, new[] { 2 }, false)]
    public void Section_3_6_1_A_vote_goes_to_a_log_at_least_as_up_to_date(int[] candidate, int[] voter, bool granted)
    {
        var group = new Group(2, (setup, id) => setup with
        {
            Hard = new HardState(new Term(2), BrokerId.None),
            Log = MemoryLog.OfTerms(id.Value == 1 ? candidate : voter),
        });
        group[1].Campaign();
        group.Settle();
        Assert.Equal(granted, group[1].IsLeader);
    }

    [Fact]
    public void Section_3_6_1_What_is_not_flushed_yet_counts_for_the_comparison_too()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        group.Propose(1);
        group.Settle(node => node.Id.Value != 2);
        group.Heal();

        // Node 2 holds the entry in memory only. It acknowledged nothing, and still does not help a log without it.
        group.Isolate(1);
        group.Tick(RaftOptions.Default.ElectionTicks, node => node.Id.Value != 2);
        group[3].Campaign();
        group.Settle();
        Assert.False(group[3].IsLeader);
    }
}
