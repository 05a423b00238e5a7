using System.Collections.Frozen;
using Broker.Model;

namespace Broker.Client.Metadata;

/// <summary>What the cluster looked like when it was last asked; never changed, only replaced.</summary>
internal sealed class ClusterSnapshot(
    FrozenDictionary<BrokerId, HostAndPort> brokers,
    FrozenDictionary<string, TopicSnapshot> topics,
    BrokerId controller,
    DateTimeOffset takenAt)
{
    public static readonly ClusterSnapshot Empty = new(
        FrozenDictionary<BrokerId, HostAndPort>.Empty,
        FrozenDictionary<string, TopicSnapshot>.Empty,
        BrokerId.None,
        DateTimeOffset.MinValue);

    public FrozenDictionary<BrokerId, HostAndPort> Brokers => brokers;
    public FrozenDictionary<string, TopicSnapshot> Topics => topics;
    public BrokerId Controller => controller;
    public DateTimeOffset TakenAt => takenAt;

    public PartitionLeader? LeaderOf(TopicPartition partition) =>
        topics.TryGetValue(partition.Topic, out TopicSnapshot? topic) && partition.Partition < topic.Leaders.Length
            ? topic.Leaders[partition.Partition]
            : null;

    /// <summary>Null where nobody leads, or the leader's broker is not known.</summary>
    public HostAndPort? AddressOfLeader(TopicPartition partition) =>
        LeaderOf(partition) is { } leader && brokers.TryGetValue(leader.Broker, out HostAndPort address)
            ? address
            : null;
}
