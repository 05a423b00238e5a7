using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lesson 14: a group of one voter is a group.</summary>
public sealed class OneVoterTests
{
    [Fact]
    public void Lesson_14_A_group_of_one_leads_only_once_its_vote_is_durable()
    {
        var group = new Group(1);
        group[1].Campaign();
        Assert.Equal(RaftRole.Candidate, group[1].Core.Role);
        group[1].SaveHardState();
        Assert.True(group[1].IsLeader);
    }

    [Fact]
    public void Lesson_14_A_group_of_one_commits_only_what_it_has_flushed()
    {
        var group = new Group(1);
        group.Elect(1);
        group.Propose(1, 3);
        Assert.Equal(new LogIndex(1), group[1].Core.CommitIndex);
        group[1].BeginWrite();
        group.Propose(1, 3);
        group[1].EndWrite();
        Assert.Equal(new LogIndex(4), group[1].Core.CommitIndex);
    }
}
