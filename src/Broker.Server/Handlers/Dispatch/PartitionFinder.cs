using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Controller;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>Finds a partition that a client names, and says who leads it where it is not this broker.</summary>
internal static class PartitionFinder
{
    /// <summary>None and this broker's replica, or why there is none to ask.</summary>
    public static ErrorCode Find(HandlerServices services, TopicImage? topic, int index, out IPartition? partition)
    {
        partition = null;
        if (topic is null || (uint)index >= (uint)topic.Partitions.Count)
            return ErrorCode.UnknownTopicOrPartition;

        partition = services.Partitions.Find(new PartitionId(topic.Id, index));
        return partition is null ? ErrorCode.NotLeaderOrFollower : ErrorCode.None;
    }

    /// <summary>Whether the client is helped by hearing who leads (KIP-951).</summary>
    public static bool WantsHint(ErrorCode error) =>
        error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch;

    /// <summary>Who leads, if anybody that the client can reach by its listener is known to.</summary>
    public static bool TryFindLeader(
        IClusterView cluster,
        TopicImage? topic,
        int index,
        string listener,
        out LeaderView leader,
        out NodeAddress node)
    {
        (leader, node) = (default, default);
        if (topic is null || (uint)index >= (uint)topic.Partitions.Count)
            return false;

        leader = cluster.LeaderOf(topic, index);
        if (leader.Leader == BrokerId.None
            || !cluster.Image.Brokers.TryGetValue(leader.Leader, out BrokerRegistration? broker)
            || BrokerAddresses.On(broker, listener) is not { } address)
        {
            return false;
        }

        node = new NodeAddress(address, broker.Rack);
        return true;
    }
}
