using Broker.Model;
using Broker.Raft;
using Xunit;

namespace Broker.Replication.Tests.Wire;

public sealed class EarlyMessagesTests
{
    private static readonly TopicId Topic = TopicId.New(new Random(1));

    [Fact]
    public void The_newest_request_for_a_vote_is_kept_and_given_once()
    {
        var early = new EarlyMessages();
        early.Keep(Message(0, MessageKind.PreVote, 1));
        early.Keep(Message(0, MessageKind.Vote, 2));
        early.Keep(Message(0, MessageKind.Heartbeat, 3));

        Assert.Equal(new Term(2), early.Take(new PartitionId(Topic, 0))!.Value.Message.Term);
        Assert.Null(early.Take(new PartitionId(Topic, 0)));
    }

    [Fact]
    public void The_number_that_is_kept_is_bounded()
    {
        var early = new EarlyMessages();
        for (int i = 0; i < 10_000; i++)
            early.Keep(Message(i, MessageKind.Vote, 1));

        Assert.Null(early.Take(new PartitionId(Topic, 0)));
        Assert.NotNull(early.Take(new PartitionId(Topic, 9_999)));
    }

    private static GroupMessage Message(int group, MessageKind kind, int term) =>
        new(new PartitionId(Topic, group), new RaftMessage { Kind = kind, Term = new Term(term) }, false);
}
