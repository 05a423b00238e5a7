using Broker.Client.Replicas;
using Broker.Model;
using Xunit;

namespace Broker.Client.Tests.Replicas;

public sealed class ReplicaSurveyTests
{
    private static readonly TopicPartition Partition = new("orders", 0);

    [Fact]
    public void The_leader_of_the_latest_term_leads()
    {
        ReplicaSurvey survey = Of(Replica(1, "leader", 4), Replica(2, "leader", 5), Replica(3, "follower", 5));
        Assert.Equal(new BrokerId(2), survey.LeaderOf(Partition)!.Broker);
        Assert.Null(Of(Replica(1, "candidate", 4)).LeaderOf(Partition));
        Assert.Null(survey.LeaderOf(new TopicPartition("others", 0)));
    }

    [Fact]
    public void Each_term_is_told_once_by_its_winner_or_by_who_heard_first()
    {
        ReplicaSurvey survey = Of(
            Replica(1, "follower", 5, Election(5, 2, at: 10, ""), Election(4, 3, at: 5, "")),
            Replica(2, "leader", 5, Election(5, 2, at: 20, "silence"), Election(4, 3, at: 3, "")));
        Assert.Equal(
            [(5, "silence", 20L), (4, "", 3L)],
            survey.ElectionsOf(Partition).Select(
                election => (election.Term.Value, election.Reason, election.At.ToUnixTimeMilliseconds())));
    }

    private static ReplicaSurvey Of(params ReplicaDescription[] replicas) => new(
        new Dictionary<TopicPartition, IReadOnlyList<ReplicaDescription>> { [Partition] = replicas },
        new Dictionary<BrokerId, string>());

    private static ElectionDescription Election(int term, int leader, long at, string reason) =>
        new(new Term(term), new BrokerId(leader), DateTimeOffset.FromUnixTimeMilliseconds(at), reason);

    private static ReplicaDescription Replica(
        int broker, string role, int term, params ElectionDescription[] elections) => new()
        {
            Broker = new BrokerId(broker),
            Role = role,
            Leader = BrokerId.None,
            Term = new Term(term),
            FirstIndex = new LogIndex(1),
            LastIndex = LogIndex.Zero,
            FlushedIndex = LogIndex.Zero,
            CommitIndex = LogIndex.Zero,
            LogStart = Offset.Zero,
            LogEnd = Offset.Zero,
            HeldBackBy = BrokerId.None,
            Abstains = false,
            IsDamaged = false,
            BeginsAnew = false,
            IsStorageFull = false,
            IsAsleep = false,
            Voters = [],
            Outgoing = [],
            Learners = [],
            IsConfigurationCommitted = true,
            Followers = [],
            Elections = elections,
            HighWatermark = -1,
        };
}
