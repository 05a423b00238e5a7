using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Broker.Server.Partitions;

namespace Broker.Server.Tests.Handlers;

/// <summary>
/// A cluster of three brokers whose image a test makes by records, and whose deaths and newer leaders it decides.
/// </summary>
internal sealed class FakeCluster : IClusterView
{
    private readonly HashSet<BrokerId> _dead = [];
    private readonly Dictionary<PartitionId, LeaderView> _newer = [];

    public FakeCluster()
    {
        Apply(new ClusterCreated(new ClusterId(new Guid("11111111-2222-4333-8444-555555555555")), FeatureLevel.Newest));
        for (int id = 1; id <= 3; id++)
        {
            Apply(new BrokerRegistered(
                new BrokerId(id),
                new Incarnation(new Guid(id, 1, 1, new byte[8])),
                new ProcessIncarnation(new Guid(id, 2, 2, new byte[8])),
                new HostAndPort($"peer-{id}", 9192),
                [new BrokerListener("client", new HostAndPort($"broker-{id}", 9092))],
                $"rack-{id}",
                FeatureLevel.Oldest,
                FeatureLevel.Newest));
        }
    }

    public BrokerId Self => new(1);

    public ClusterImage Image { get; private set; } = ClusterImage.Empty;

    public BrokerId Controller => new(2);

    /// <summary>Who serves what has no leader.</summary>
    public BrokerId? Reader { get; set; }

    public bool CanBarrier { get; set; } = true;

    public TopicImage AddTopic(string name, int partitions, params (string Name, string Value)[] configs)
    {
        var id = new TopicId(new Guid(Image.Topics.Count + 1, 7, 7, new byte[8]));
        ImmutableArray<BrokerId> replicas = [new(1), new(2), new(3)];
        Apply(new TopicCreated(
            id,
            name,
            [.. Enumerable.Repeat(replicas, partitions)],
            configs.ToImmutableSortedDictionary(each => each.Name, each => each.Value, StringComparer.Ordinal)));
        for (int i = 0; i < partitions; i++)
            Apply(new LeadershipReported([new LeadershipReport(id, i, new Term(5), new BrokerId(1), replicas)]));

        return Image.FindTopic(id)!;
    }

    public void Apply(MetadataRecord record) => Image = Image.Apply([record], Image.Index + 1);

    public void Kill(int broker) => _dead.Add(new BrokerId(broker));

    /// <summary>This broker's own replica knows of a newer leader than the image.</summary>
    public void Overlay(TopicImage topic, int partition, int leader, int epoch) =>
        _newer[new PartitionId(topic.Id, partition)] = new LeaderView(new BrokerId(leader), new Term(epoch));

    public LeaderView LeaderOf(TopicImage topic, int partition)
    {
        PartitionImage image = topic.Partitions[partition];
        LeaderView known = _newer.GetValueOrDefault(
            new PartitionId(topic.Id, partition), new LeaderView(image.Leader, image.Term));
        return IsAlive(known.Leader) ? known : known with { Leader = BrokerId.None };
    }

    public LeaderView ReaderOf(TopicImage topic, int partition)
    {
        LeaderView leader = LeaderOf(topic, partition);
        return Reader is { } reader && leader.Leader == BrokerId.None ? leader with { Leader = reader } : leader;
    }

    public bool IsAlive(BrokerId broker) => Image.IsAlive(broker) && !_dead.Contains(broker);

    /// <summary>What happens while leaders are given time to settle.</summary>
    public Action Settling { get; set; } = () => { };

    public ValueTask SettleAsync(IReadOnlyCollection<TopicImage> topics, CancellationToken cancellation)
    {
        Settling();
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> BarrierAsync(TimeSpan patience, CancellationToken cancellation) => new(CanBarrier);
}
