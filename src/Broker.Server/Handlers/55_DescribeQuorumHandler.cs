using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;

namespace Broker.Server.Handlers;

/// <summary>
/// DescribeQuorum, versions 0 to 2, for the one partition that there is of <c>__cluster_metadata</c>. Any broker
/// answers by asking all others; who does not answer, or is a voter without its vote, has −1 as its log's end. When
/// they fetched last is not known.
/// </summary>
internal sealed class DescribeQuorumHandler(HandlerServices services, IMetadataVoters voters)
    : MessageHandler<DescribeQuorumRequest, DescribeQuorumResponse>(ApiKey.DescribeQuorum, services)
{
    private const string MetadataTopic = "__cluster_metadata";

    protected override async ValueTask<bool> AnswerAsync(
        Exchange<DescribeQuorumRequest, DescribeQuorumResponse> exchange, RequestContext context)
    {
        (DescribeQuorumRequest request, DescribeQuorumResponse response) = (exchange.Request, exchange.Response);
        QuorumDescription quorum = await voters.DescribeAsync(context.Session.Closed);
        foreach (DescribeQuorumRequest.TopicData asked in request.Topics)
        {
            DescribeQuorumResponse.TopicData topic = response.Topics.Add();
            topic.TopicName = asked.TopicName;
            foreach (DescribeQuorumRequest.PartitionData partition in asked.Partitions)
            {
                bool isThere = asked.TopicName == MetadataTopic && partition.PartitionIndex == 0;
                Describe(isThere ? quorum : null, partition.PartitionIndex, topic.Partitions.Add());
            }
        }

        foreach ((BrokerRegistration broker, HostAndPort address) in
            BrokerAddresses.Alive(Services.Cluster, context.Listener))
        {
            DescribeQuorumResponse.Node node = response.Nodes.Add();
            node.NodeId = broker.Id;
            DescribeQuorumResponse.Listener listener = node.Listeners.Add();
            (listener.Name, listener.Host, listener.Port) = (context.Listener, address.Host, (ushort)address.Port);
        }

        return true;
    }

    private static void Describe(
        QuorumDescription? quorum, int index, DescribeQuorumResponse.PartitionData partition)
    {
        partition.PartitionIndex = index;
        if (quorum is null)
        {
            partition.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            partition.ErrorMessage = $"Only partition 0 of {MetadataTopic} can be described.";
            return;
        }

        partition.LeaderId = quorum.Leadership.Leader;
        partition.LeaderEpoch = (int)quorum.Leadership.Term;
        partition.HighWatermark = quorum.Applied;
        foreach (QuorumMember member in quorum.Members)
        {
            if (member.IsListed)
                Fill(partition.CurrentVoters.Add(), member);
            else
                Fill(partition.Observers.Add(), member);
        }
    }

    private static void Fill(DescribeQuorumResponse.VoterState state, QuorumMember member)
    {
        state.ReplicaId = member.Broker;
        state.ReplicaDirectoryId = member.Incarnation.Value;
        state.LogEndOffset = member.Votes ? member.LogEnd : -1;
    }

    private static void Fill(DescribeQuorumResponse.ObserverState state, QuorumMember member)
    {
        state.ReplicaId = member.Broker;
        state.ReplicaDirectoryId = member.Incarnation.Value;
        state.LogEndOffset = member.LogEnd;
    }
}
