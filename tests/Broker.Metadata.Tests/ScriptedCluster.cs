using System.Buffers;
using System.Collections.Immutable;
using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

/// <summary>Runs a script of wishes through the planners, as a controller would, and keeps all entries.</summary>
internal sealed class ScriptedCluster
{
    private readonly BrokerLiveness _liveness = new(TimeSpan.FromSeconds(3));
    private TimeSpan _now;
    private int _serial = 100;

    public ClusterImage Image { get; private set; } =
        ClusterImage.Empty.Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Newest)], 1);

    public List<(long Index, byte[] Bytes)> Entries { get; } = [];

    public static ScriptedCluster Run(IEnumerable<(byte Action, byte What, byte Which)> script)
    {
        var cluster = new ScriptedCluster();
        cluster.Commit(Cluster.Broker(1), Cluster.Broker(2), Cluster.Broker(3));
        foreach ((byte action, byte what, byte which) in script)
        {
            cluster.Step(action, what, which);
        }

        return cluster;
    }

    public static ClusterImage Replay(ClusterImage image, IEnumerable<(long Index, byte[] Bytes)> entries) =>
        entries.Aggregate(image, (at, entry) =>
            at.Apply(RecordCodec.Decode(new ReadOnlySequence<byte>(entry.Bytes)), entry.Index));

    private void Step(byte action, byte what, byte which)
    {
        _serial++;
        string name = $"topic-{what % 5}";
        var broker = new BrokerId(1 + what % 5);
        Plan plan = (action % 12) switch
        {
            0 => Cluster.Create(Image, Cluster.Wish(name, 1 + which % 70, 1 + what % 3, _serial)),
            1 => which % 2 == 0
                ? TopicPlanner.Delete(Image, name)
                : TopicPlanner.Delete(Image, Image.FindTopic(name)?.Id ?? TopicId.Empty),
            2 => Cluster.Grow(Image, name, which % 140),
            3 => BrokerPlanner.Register(
                Image,
                new BrokerWish(Cluster.Id, Cluster.Broker(broker.Value, $"rack-{which % 3}", which % 4, _serial))),
            4 => LeadershipPlanner.Merge(Image, Reports(what, which)),
            5 => ProducerIdPlanner.NextBlock(
                Image, broker, Image.Brokers.GetValueOrDefault(broker)?.Process ?? ProcessIncarnation.Empty),
            6 => Hear(broker, which),
            7 => Reassign(name, what, which),
            8 => ReassignmentPlanner.Finish(Image, Moves(what)),
            9 => DrainPlanner.Mark(Image, broker, which % 2 == 0, Cluster.NoReports),
            10 => Configure(name, what, which),
            _ => Wait(which),
        };
        if (plan.Records.Count > 0)
        {
            Commit([.. plan.Records]);
        }
    }

    private IEnumerable<LeadershipReport> Reports(byte what, byte which)
    {
        foreach (TopicImage topic in Image.Topics.Values)
        {
            for (int i = which % 4; i < topic.Partitions.Count; i += 1 + what % 7)
            {
                PartitionImage partition = topic.Partitions[i];
                yield return new LeadershipReport(
                    topic.Id,
                    i,
                    new Term(partition.Term.Value + which % 3 - 1),
                    partition.Replicas[what % partition.Replicas.Length],
                    partition.Replicas[..(1 + which % partition.Replicas.Length)]);
            }
        }
    }

    private Plan Reassign(string name, byte what, byte which)
    {
        BrokerId[] brokers = [.. Image.Brokers.Keys];
        ImmutableArray<BrokerId>? replicas = which % 4 == 0
            ? null
            : [.. Enumerable.Range(0, 1 + what % 3).Select(
                i => brokers[(i * (1 + which % 2) + which) % brokers.Length])];
        var wish = new ReassignmentWish(name, which % 3, replicas);
        Refusal? refusal = ReassignmentPlanner.Reassign(
            Image, wish, TopicDefaults.Default, out PartitionTarget? target);
        return refusal is not null ? refusal : target is null ? Plan.Nothing : Plan.Of(
            new PartitionsReassigned([target]));
    }

    private Plan Configure(string name, byte what, byte which)
    {
        ImmutableArray<ConfigChange> changes =
        [
            new("retention.ms", which % 3 == 0 ? ConfigOperation.Delete : ConfigOperation.Set, $"{1 + what}"),
            new("cleanup.policy", (ConfigOperation)(which % 4), which % 5 == 0 ? "compact" : "delete"),
        ];
        TopicId id = Image.FindTopic(name)?.Id ?? Cluster.Topic(what);
        return TopicConfigPlanner.Change(
            Image, new TopicConfigWish(name, id, which % 7 == 0, changes), TopicDefaults.Default);
    }

    // The last target, or one that was replaced.
    private IEnumerable<FinishedMove> Moves(byte what)
    {
        foreach (TopicImage topic in Image.Topics.Values)
        {
            for (int i = 0; i < topic.Partitions.Count; i++)
            {
                if (topic.Partitions[i].Reassignment is { } move)
                {
                    yield return new FinishedMove(topic.Id, i, move.At - (what % 3 == 0 ? 1 : 0));
                }
            }
        }
    }

    private Plan Hear(BrokerId broker, byte which)
    {
        if (Image.Brokers.TryGetValue(broker, out BrokerRegistration? known))
        {
            _liveness.Heard(broker, known.Process, _now);
            if (which % 3 == 0)
            {
                _liveness.Gone(broker, known.Process);
            }
        }

        return Plan.Of([.. _liveness.Decide(Image, _now)]);
    }

    private Plan Wait(byte which)
    {
        _now += TimeSpan.FromMilliseconds(which * 40);
        return Plan.Of([.. _liveness.Decide(Image, _now)]);
    }

    private void Commit(params MetadataRecord[] records)
    {
        long index = Image.Index + 1 + records.Length % 2;
        Entries.Add((index, RecordCodec.Encode(records)));
        Image = Image.Apply(records, index);
    }
}
