using Broker.Client.Connections;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Replicas;

/// <summary>
/// Describes the Raft groups of partitions, replica by replica, for operators: by DescribeQuorum, with fields that only
/// this cluster's brokers fill in. Any thread.
/// </summary>
public sealed class ReplicaClient
{
    private const int PartitionsAtOnce = 500;

    private readonly ClientOptions _options;
    private readonly ConnectionPool _pool;

    internal ReplicaClient(ClientOptions options, ConnectionPool pool)
    {
        _options = options;
        _pool = pool;
    }

    /// <summary>
    /// What one broker tells of its replicas. Missing are those that it does not have (yet), and all if it is of a
    /// version that does not tell.
    /// </summary>
    /// <exception cref="UnreachableException">It does not answer.</exception>
    /// <exception cref="RequestException">It refuses to.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, ReplicaDescription>> DescribeAsync(
        BrokerDescription broker, IReadOnlyCollection<TopicPartition> partitions, CancellationToken token = default)
    {
        Dictionary<TopicPartition, ReplicaDescription> found = [];
        foreach (TopicPartition[] some in partitions.Chunk(PartitionsAtOnce))
        {
            BrokerConnection connection = await _pool.GetAsync(broker.Address, token).ConfigureAwait(false);
            DescribeQuorumResponse response = await connection
                .SendAsync(AskingFor(some), _options.RequestTimeout, token)
                .ConfigureAwait(false);
            AdminClient.ThrowIfFailed(
                response.ErrorCode, $"broker {broker.Id} does not describe its replicas", response.ErrorMessage);
            foreach (DescribeQuorumResponse.TopicData topic in response.Topics)
            {
                foreach (DescribeQuorumResponse.PartitionData partition in topic.Partitions)
                {
                    if (partition.Raft is { } raft)
                    {
                        found[new TopicPartition(topic.TopicName, partition.PartitionIndex)] =
                            Describe(broker.Id, partition, raft);
                    }
                }
            }
        }

        return found;
    }

    /// <summary>Asks all the brokers given; one that does not answer is named in what comes back.</summary>
    public async Task<ReplicaSurvey> SurveyAsync(
        IEnumerable<BrokerDescription> brokers,
        IReadOnlyCollection<TopicPartition> partitions,
        CancellationToken token = default)
    {
        Dictionary<TopicPartition, List<ReplicaDescription>> replicas = [];
        Dictionary<BrokerId, string> silent = [];
        foreach (BrokerDescription broker in brokers.OrderBy(each => each.Id))
        {
            try
            {
                foreach ((TopicPartition partition, ReplicaDescription replica) in
                    await DescribeAsync(broker, partitions, token).ConfigureAwait(false))
                {
                    if (!replicas.TryGetValue(partition, out List<ReplicaDescription>? told))
                    {
                        replicas.Add(partition, told = []);
                    }

                    told.Add(replica);
                }
            }
            catch (Exception e) when (e is UnreachableException or RequestException)
            {
                silent[broker.Id] = e.Message;
            }
        }

        return new ReplicaSurvey(
            replicas.ToDictionary(told => told.Key, told => (IReadOnlyList<ReplicaDescription>)told.Value), silent);
    }

    private static DescribeQuorumRequest AskingFor(TopicPartition[] partitions)
    {
        DescribeQuorumRequest request = new();
        foreach (IGrouping<string, TopicPartition> topic in partitions.GroupBy(partition => partition.Topic))
        {
            DescribeQuorumRequest.TopicData data = request.Topics.Add();
            data.TopicName = topic.Key;
            foreach (TopicPartition partition in topic)
            {
                data.Partitions.Add().PartitionIndex = partition.Partition;
            }
        }

        return request;
    }

    private static ReplicaDescription Describe(
        BrokerId broker, DescribeQuorumResponse.PartitionData partition, DescribeQuorumResponse.RaftState raft)
    {
        Dictionary<BrokerId, long> ends = partition
            .CurrentVoters.Select(voter => (voter.ReplicaId, voter.LogEndOffset))
            .Concat(partition.Observers.Select(observer => (observer.ReplicaId, observer.LogEndOffset)))
            .ToDictionary(end => end.ReplicaId, end => end.LogEndOffset);
        return new ReplicaDescription
        {
            Broker = broker,
            Role = raft.Role,
            Leader = partition.LeaderId,
            Term = new Term(partition.LeaderEpoch),
            FirstIndex = new LogIndex(raft.FirstIndex),
            LastIndex = new LogIndex(raft.LastIndex),
            FlushedIndex = new LogIndex(raft.FlushedIndex),
            CommitIndex = new LogIndex(raft.CommitIndex),
            LogStart = new Offset(raft.LogStartOffset),
            LogEnd = new Offset(raft.LogEndOffset),
            HeldBackBy = raft.HeldBackBy,
            Abstains = raft.Abstains,
            IsDamaged = raft.Damaged,
            BeginsAnew = raft.BeginsAnew,
            IsStorageFull = raft.StorageFull,
            IsAsleep = raft.Asleep,
            Voters = [.. raft.Voters],
            Outgoing = [.. raft.Outgoing],
            Learners = [.. raft.Learners],
            IsConfigurationCommitted = raft.ConfigurationCommitted,
            Followers = [.. raft.Followers.Select(each => Describe(each, ends.GetValueOrDefault(each.FollowerId, -1)))],
            Elections =
            [
                .. raft.Elections.Select(election => new ElectionDescription(
                    new Term(election.Term),
                    election.LeaderId,
                    DateTimeOffset.FromUnixTimeMilliseconds(election.AtMs),
                    election.Reason)),
            ],
            HighWatermark = raft.Role == "leader" ? partition.HighWatermark : -1,
        };
    }

    private static FollowerDescription Describe(DescribeQuorumResponse.FollowerState follower, long end) => new(
        follower.FollowerId,
        follower.State,
        new LogIndex(follower.MatchIndex),
        end,
        follower.HeardMs < 0 ? null : TimeSpan.FromMilliseconds(follower.HeardMs),
        follower.InSync,
        follower.Abstains);
}
