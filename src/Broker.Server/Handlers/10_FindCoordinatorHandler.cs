using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Coordination;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Partitions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.FindCoordinatorRequest, Broker.Protocol.Messages.FindCoordinatorResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// FindCoordinator, versions 0 to 6. A group's coordinator is the leader of its partition of __consumer_offsets, which
/// the first who asks has created; that of a transactional id, of __transaction_state. Share groups have none:
/// COORDINATOR_NOT_AVAILABLE.
/// </summary>
internal sealed class FindCoordinatorHandler(HandlerServices services)
    : MessageHandler<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, services)
{
    private const sbyte Group = 0;
    private const sbyte Transaction = 1;

    private static readonly Coordinator None =
        new(ErrorCode.CoordinatorNotAvailable, null, BrokerId.None, new HostAndPort("", -1));

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (FindCoordinatorRequest request, FindCoordinatorResponse response) = (exchange.Request, exchange.Response);
        (TopicImage? topic, string? reason) = request.KeyType switch
        {
            Group => await Services.OffsetsTopic.EnsureAsync(),
            Transaction when Services.Options.Transactions.AreServed => await Services.TransactionsTopic.EnsureAsync(),
            _ => (null, "Only groups are coordinated, and transactions where transactions.enable is set."),
        };
        if (topic is not null)
            await Services.Cluster.SettleAsync([topic], context.Session.Closed);

        if (context.Version < 4)
        {
            Coordinator found = Find(topic, request.Key, context.Listener);
            (response.ErrorCode, response.NodeId) = (found.Error, found.Node);
            (response.Host, response.Port) = (found.Address.Host, found.Address.Port);
            response.ErrorMessage = context.Version >= 1 ? found.Message ?? reason : null;
            return true;
        }

        foreach (string key in request.CoordinatorKeys)
        {
            Coordinator found = Find(topic, key, context.Listener);
            FindCoordinatorResponse.Coordinator entry = response.Coordinators.Add();
            (entry.Key, entry.NodeId) = (key, found.Node);
            (entry.Host, entry.Port) = (found.Address.Host, found.Address.Port);
            (entry.ErrorCode, entry.ErrorMessage) = (found.Error, found.Message ?? reason);
        }

        return true;
    }

    private Coordinator Find(TopicImage? topic, string key, string listener)
    {
        if (topic is null)
            return None;

        int partition = KeyPartitions.Of(key, topic.Partitions.Count);
        return PartitionFinder.TryFindLeader(
            Services.Cluster, topic, partition, listener, out LeaderView leader, out NodeAddress node)
            ? new Coordinator(ErrorCode.None, null, leader.Leader, node.Address)
            : None with { Message = $"Partition {partition} of {topic.Name} has no leader at the moment." };
    }

    private readonly record struct Coordinator(ErrorCode Error, string? Message, BrokerId Node, HostAndPort Address);
}
