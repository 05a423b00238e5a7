using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Membership;

public sealed class ConfigurationTests
{
    [Fact]
    public void A_joint_configuration_agrees_when_either_half_does_and_learners_have_no_say()
    {
        Configuration joint = Group.Of([1, 2, 3], 9).Towards(Group.Of([3, 4, 5], 8));
        Assert.True(joint.IsJoint);
        Assert.False(joint.IsAgreed(id => id.Value is 1 or 2 or 8 or 9));
        Assert.False(joint.IsAgreed(id => id.Value is 3 or 4 or 5 or 8 or 9));
        Assert.True(joint.IsAgreed(id => id.Value is 1 or 3 or 4));
        Assert.Equal([1, 2, 3, 4, 5, 8], joint.Members.Select(id => id.Value));
    }

    [Fact]
    public void What_is_reached_while_joint_is_the_less_of_both_halves()
    {
        Configuration joint = Group.Of([1, 2, 3]).Towards(Group.Of([3, 4]));
        long Reached(BrokerId id) => id.Value * 10;
        Assert.Equal(20, joint.ReachedByMajority(Reached));
        Assert.Equal(30, joint.ReachedBy(1, Reached));
        Assert.Equal(20, joint.ReachedBy(2, Reached));
        Assert.Equal(0, joint.ReachedBy(3, Reached));
        Assert.Equal(1, joint.Count(id => id.Value == 3));
        Assert.Equal(0, joint.Count(id => id.Value == 4));
    }

    [Fact]
    public void A_joint_configuration_is_left_for_the_new_voters_alone() =>
        Assert.Equal(Group.Of([3, 4, 5], 1), Group.Of([1, 2, 3]).Towards(Group.Of([3, 4, 5], 1)).Left());

    [Fact]
    public void While_the_voters_stay_there_is_nothing_to_join() =>
        Assert.Equal(Group.Of([1, 2], 3), Group.Of([1, 2], 4).Towards(Group.Of([1, 2], 3)));

    [Fact]
    public void Nobody_votes_and_learns() => Assert.Throws<ArgumentException>(() => Group.Of([1, 2], 2));
}
