using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Voters;

/// <summary>Describes the group that keeps the cluster's metadata, and changes who votes in it. Any thread.</summary>
public sealed class QuorumClient
{
    private const string MetadataTopic = "__cluster_metadata";

    private readonly ClientOptions _options;
    private readonly AdminClient _admin;

    internal QuorumClient(ClientOptions options, AdminClient admin)
    {
        _options = options;
        _admin = admin;
    }

    /// <exception cref="RequestException">The broker that was asked can't tell.</exception>
    public async Task<QuorumDescription> DescribeAsync(CancellationToken token = default)
    {
        DescribeQuorumRequest request = new();
        DescribeQuorumRequest.TopicData topic = request.Topics.Add();
        topic.TopicName = MetadataTopic;
        topic.Partitions.Add().PartitionIndex = 0;
        DescribeQuorumResponse response = await _admin.AskAnyAsync(request, token).ConfigureAwait(false);
        const string what = "the metadata voters can't be described";
        AdminClient.ThrowIfFailed(response.ErrorCode, what, response.ErrorMessage);
        DescribeQuorumResponse.PartitionData quorum = response.Topics.Single().Partitions.Single();
        AdminClient.ThrowIfFailed(quorum.ErrorCode, what, quorum.ErrorMessage);
        return new QuorumDescription(
            quorum.LeaderId,
            new Term(quorum.LeaderEpoch),
            quorum.HighWatermark,
            [
                .. quorum.CurrentVoters.OrderBy(voter => voter.ReplicaId)
                    .Select(voter => new QuorumReplica(voter.ReplicaId, voter.LogEndOffset)),
            ],
            [
                .. quorum.Observers.OrderBy(observer => observer.ReplicaId)
                    .Select(observer => new QuorumReplica(observer.ReplicaId, observer.LogEndOffset)),
            ]
        );
    }

    /// <summary>Makes a running broker a voter; returns when it is one.</summary>
    /// <exception cref="RequestException">It was refused and nothing was changed, or, with
    /// <see cref="ErrorCode.RequestTimedOut"/>, it is not known what became of it.</exception>
    /// <exception cref="UnreachableException">The connection broke on the way; it may be one.</exception>
    public async Task AddVoterAsync(BrokerId broker, CancellationToken token = default)
    {
        AddRaftVoterRequest request = new()
        {
            VoterId = broker,
            TimeoutMs = (int)(_options.RequestTimeout.TotalMilliseconds * 0.8),
        };
        AddRaftVoterResponse response = await _admin.AskAnyAsync(request, token).ConfigureAwait(false);
        AdminClient.ThrowIfFailed(response.ErrorCode, $"broker {broker} was not added", response.ErrorMessage);
    }

    /// <summary>Takes a broker's vote, whether it runs or not.</summary>
    /// <exception cref="RequestException">As with adding.</exception>
    /// <exception cref="UnreachableException">The connection broke on the way; it may be done.</exception>
    public async Task RemoveVoterAsync(BrokerId broker, CancellationToken token = default)
    {
        RemoveRaftVoterResponse response = await _admin
            .AskAnyAsync(new RemoveRaftVoterRequest { VoterId = broker }, token)
            .ConfigureAwait(false);
        AdminClient.ThrowIfFailed(response.ErrorCode, $"broker {broker} was not removed", response.ErrorMessage);
    }
}
