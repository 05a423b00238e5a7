using System.Collections.Immutable;
using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

/// <summary>Makes images for tests, by records alone.</summary>
internal static class Cluster
{
    public static readonly ClusterId Id = new(new Guid("0f0e0d0c-0b0a-4908-8706-050403020100"));

    public static readonly ImmutableSortedSet<BrokerId> NoDoubt = [];

    public static readonly ImmutableSortedDictionary<BrokerId, RoomReport> NoReports =
        ImmutableSortedDictionary<BrokerId, RoomReport>.Empty;

    public static ClusterImage Of(params string?[] racks)
    {
        ClusterImage image = ClusterImage.Empty.Apply([new ClusterCreated(Id, FeatureLevel.Newest)], 1);
        for (int i = 0; i < racks.Length; i++)
        {
            image = image.Then(Broker(i + 1, racks[i]));
        }

        return image;
    }

    public static ClusterImage OfSize(int brokers) => Of(new string?[brokers]);

    public static ClusterImage Then(this ClusterImage image, params IReadOnlyList<MetadataRecord> records) =>
        image.Apply(records, image.Index + 1);

    public static ClusterImage Then(this ClusterImage image, Plan plan)
    {
        Assert.Null(plan.Refusal);
        return image.Then(plan.Records);
    }

    public static BrokerRegistered Broker(int id, string? rack = null, int incarnation = 1, int process = 1) => new(
        new BrokerId(id),
        new Incarnation(Number(incarnation)),
        new ProcessIncarnation(Number(process)),
        new HostAndPort("127.0.0.1", 9190 + id),
        [new BrokerListener("PLAINTEXT", new HostAndPort("127.0.0.1", 9090 + id))],
        rack,
        FeatureLevel.Oldest,
        FeatureLevel.Newest);

    public static TopicId Topic(int number) => new(Number(number));

    public static TopicWish Wish(string name, int partitions = -1, int factor = -1, int id = 1) =>
        new(name, Topic(id), partitions, factor, [], []);

    public static Plan Create(ClusterImage image, TopicWish wish, TopicDefaults? defaults = null) =>
        TopicPlanner.Create(image, wish, defaults ?? TopicDefaults.Default, NoDoubt);

    public static Plan Grow(ClusterImage image, string topic, int total) =>
        TopicPlanner.AddPartitions(image, topic, total, [], TopicDefaults.Default, NoDoubt);

    public static ImmutableArray<BrokerId> Ids(params int[] ids) => [.. ids.Select(id => new BrokerId(id))];

    public static LeadershipReport Report(int topic, int partition, int term, int leader, params int[] inSync) =>
        new(Topic(topic), partition, new Term(term), new BrokerId(leader), Ids(inSync));

    private static Guid Number(int number) => new(number + 1, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
