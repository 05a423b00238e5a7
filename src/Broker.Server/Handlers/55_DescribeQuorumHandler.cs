using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Replication;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers;

/// <summary>
/// DescribeQuorum, versions 0 to 2. Of <c>__cluster_metadata</c> any broker answers by asking all others; who does not
/// answer, or is a voter without its vote, has −1 as its log's end, and when they fetched last is not known. Of other
/// partitions, which Kafka refuses, the leader answers. Who does not lead says who does, and what it knows of its own
/// replica; what Kafka has no field for is in a tagged one.
/// </summary>
internal sealed class DescribeQuorumHandler(HandlerServices services)
    : MessageHandler<DescribeQuorumRequest, DescribeQuorumResponse>(ApiKey.DescribeQuorum, services)
{
    private const string MetadataTopic = "__cluster_metadata";

    protected override async ValueTask<bool> AnswerAsync(
        Exchange<DescribeQuorumRequest, DescribeQuorumResponse> exchange, RequestContext context)
    {
        (DescribeQuorumRequest request, DescribeQuorumResponse response) = (exchange.Request, exchange.Response);
        foreach (DescribeQuorumRequest.TopicData asked in request.Topics)
        {
            DescribeQuorumResponse.TopicData topic = response.Topics.Add();
            topic.TopicName = asked.TopicName;
            foreach (DescribeQuorumRequest.PartitionData partition in asked.Partitions)
            {
                DescribeQuorumResponse.PartitionData shown = topic.Partitions.Add();
                shown.PartitionIndex = partition.PartitionIndex;
                if (asked.TopicName == MetadataTopic)
                    await DescribeMetadataAsync(shown, context.Session.Closed);
                else
                    await DescribeAsync(asked.TopicName, shown, context.Session.Closed);
            }
        }

        AddNodes(response, context.Listener);
        return true;
    }

    private void AddNodes(DescribeQuorumResponse response, string listenerName)
    {
        foreach ((BrokerRegistration broker, HostAndPort address) in
            BrokerAddresses.Alive(Services.Cluster, listenerName))
        {
            DescribeQuorumResponse.Node node = response.Nodes.Add();
            node.NodeId = broker.Id;
            DescribeQuorumResponse.Listener listener = node.Listeners.Add();
            (listener.Name, listener.Host, listener.Port) = (listenerName, address.Host, (ushort)address.Port);
        }
    }

    private async ValueTask DescribeAsync(
        string name, DescribeQuorumResponse.PartitionData shown, CancellationToken cancellation)
    {
        BrokerId self = Services.Options.Id;
        TopicImage? topic = Services.Cluster.Image.FindTopic(name);
        shown.ErrorCode = PartitionFinder.Find(Services, topic, shown.PartitionIndex, out IPartition? partition);
        if (topic is null || shown.ErrorCode == ErrorCode.UnknownTopicOrPartition)
        {
            shown.ErrorMessage = "There is no such partition.";
            return;
        }

        LeaderView leader = Services.Cluster.LeaderOf(topic, shown.PartitionIndex);
        GroupView? view = partition is null ? null : await partition.ViewAsync(cancellation);
        if (view is not null)
        {
            leader = new LeaderView(view.Status.Leader, view.Status.Term);
            var quorum = new QuorumShown(view, self);
            quorum.FillOwn(shown.Raft = new DescribeQuorumResponse.RaftState());
            if (view.Status.IsLeader)
                quorum.FillMembers(shown, shown.Raft);
        }

        (shown.LeaderId, shown.LeaderEpoch) = (leader.Leader, leader.Epoch.Value);
        if (view is not { Status.IsLeader: true })
            (shown.ErrorCode, shown.ErrorMessage) = (ErrorCode.NotLeaderOrFollower, WhoLeads(self, leader.Leader));
    }

    private static string WhoLeads(BrokerId self, BrokerId leader) => leader == BrokerId.None
        ? $"Broker {self} knows of no leader; another replica may."
        : $"Broker {self} does not lead it; ask broker {leader}.";

    private async ValueTask DescribeMetadataAsync(
        DescribeQuorumResponse.PartitionData partition, CancellationToken cancellation)
    {
        if (partition.PartitionIndex != 0 || Services.Voters is not { } voters)
        {
            partition.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            partition.ErrorMessage =
                $"Only partition 0 of {MetadataTopic} can be described, by a broker that runs the metadata group.";
            return;
        }

        QuorumDescription quorum = await voters.DescribeAsync(cancellation);
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
