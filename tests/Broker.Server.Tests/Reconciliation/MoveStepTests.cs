using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Reconciliation;
using Xunit;
using Members = Broker.Raft.Configuration;

namespace Broker.Server.Tests.Reconciliation;

public sealed class MoveStepTests
{
    private static readonly Members Before = Members.Of(Voters(1, 2, 3));

    [Fact]
    public void Who_is_new_learns_before_it_votes()
    {
        PartitionImage partition = Moving(1, 4, 5);
        Members learning = MoveStep.Next(Before, partition);
        Assert.Equal(Members.Of(Voters(1, 2, 3), new BrokerId(4), new BrokerId(5)), learning);
        Assert.Equal(Members.Of(Voters(1, 4, 5)), MoveStep.Next(learning, partition));
    }

    [Fact]
    public void Who_only_leaves_needs_nobody_to_learn() =>
        Assert.Equal(Members.Of(Voters(1, 2)), MoveStep.Next(Before, Moving(2, 1)));

    [Fact]
    public void Who_was_to_come_and_is_not_to_any_more_learns_no_longer()
    {
        Members learning = Members.Of(Voters(1, 2, 3), new BrokerId(4));
        Assert.Equal(Members.Of(Voters(1, 2, 3), new BrokerId(5)), MoveStep.Next(learning, Moving(1, 2, 5)));
        Assert.Equal(Before, MoveStep.Next(learning, Moving(3, 2, 1)));
    }

    [Fact]
    public void A_change_that_is_taken_back_halfway_asks_for_those_who_voted_before()
    {
        Members joint = Members.Of(Voters(1, 2, 3), new BrokerId(4)).Towards(Members.Of(Voters(1, 2, 4)));
        Assert.True(joint.IsJoint);
        Assert.Equal(Before, MoveStep.Next(joint, Moving(1, 2, 3)));
    }

    [Fact]
    public void It_is_there_when_the_configuration_is_the_target_and_committed()
    {
        PartitionImage partition = Moving(4, 2, 1);
        Members target = Members.Of(Voters(1, 2, 4));
        Assert.True(MoveStep.IsReached(Status(target, isCommitted: true), partition));
        Assert.False(MoveStep.IsReached(Status(target, isCommitted: false), partition));
        Assert.False(MoveStep.IsReached(Status(Before.Towards(target), isCommitted: true), partition));
        Assert.False(MoveStep.IsReached(
            Status(Members.Of(target.Voters, new BrokerId(3)), isCommitted: true), partition));
    }

    private static ReplicaStatus Status(Members members, bool isCommitted) => new()
    {
        Role = RaftRole.Leader,
        Term = new Term(1),
        Leader = new BrokerId(1),
        Configuration = members,
        IsConfigurationCommitted = isCommitted,
    };

    private static PartitionImage Moving(params int[] target) =>
        new(Ids(1, 2, 3), BrokerId.None, Term.Zero, [], 1)
        {
            Reassignment = new Reassignment(Ids(target), Ids(1, 2, 3), 2),
        };

    private static VoterSet Voters(params int[] ids) => VoterSet.Of(Ids(ids).AsSpan());

    private static ImmutableArray<BrokerId> Ids(params int[] ids) => [.. ids.Select(id => new BrokerId(id))];
}
