using Broker.Client.Disks;
using Broker.Client.Moving;
using Broker.Model;

namespace Broker.Client.Tests.Moving;

/// <summary>Clusters for plans to be made of.</summary>
internal static class Layouts
{
    public static ClusterLayout Of(BrokerDescription[] brokers, params int[][] partitions) => new()
    {
        Brokers = brokers,
        Draining = new HashSet<BrokerId>(),
        Topics = [Topic(partitions)],
        Moves = [],
        Disks = Disks(brokers),
    };

    /// <summary>Numbered from 1; none has a rack whose name is empty.</summary>
    public static BrokerDescription[] Brokers(params string[] racks) =>
    [
        .. racks.Select((rack, i) => new BrokerDescription(
            new BrokerId(i + 1), new HostAndPort("127.0.0.1", 9092 + i), rack.Length == 0 ? null : rack)),
    ];

    public static TopicDescription Topic(params int[][] partitions) => new(
        "t",
        new TopicId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
        false,
        [
            .. partitions.Select((replicas, i) => new PartitionDescription(
                i, new BrokerId(replicas[0]), new Term(1), Ids(replicas), Ids(replicas), [])),
        ]);

    /// <summary>Every broker tells the same of each partition: a plan takes the most that any tells.</summary>
    public static DiskSurvey Disks(BrokerDescription[] brokers, params long[] sizes)
    {
        var replicas = sizes.Select((size, i) => (Name: new TopicPartition("t", i), size))
            .ToDictionary(each => each.Name, each => each.size);
        return new DiskSurvey(
            brokers.ToDictionary(broker => broker.Id, broker => new DiskDescription(broker.Id, -1, -1, replicas)),
            new Dictionary<BrokerId, string>());
    }

    public static BrokerId[] Ids(params int[] ids) => [.. ids.Select(id => new BrokerId(id))];

    public static int RacksOf(IEnumerable<BrokerId> replicas, IReadOnlyList<BrokerDescription> brokers) =>
        replicas.Select(replica => brokers[replica.Value - 1].Rack).Distinct().Count();

    public static ClusterLayout After(ClusterLayout layout, RebalancePlan plan)
    {
        var changed = plan.Moves.ToDictionary(move => move.Partition, move => move.Replicas);
        TopicDescription topic = layout.Topics.Single();
        return layout with
        {
            Topics =
            [
                topic with
                {
                    Partitions = [.. topic.Partitions.Select(partition => partition with
                    {
                        Replicas = changed.GetValueOrDefault(partition.Index) ?? partition.Replicas,
                    })],
                },
            ],
        };
    }
}
