using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

// Legal changes, each by its record and no other way:
//   ClusterCreated        only on an image without a cluster id
//   FeatureLevelRaised    up only
//   BrokerRegistered      always; a new incarnation restarts IncarnationSince
//   BrokerFenced          of the process that is registered
//   BrokerUnfenced        of the process that is registered
//   TopicCreated          name and id both free
//   PartitionsAdded       directly behind the last partition
//   TopicDeleted          of a topic that is there; its id stays in DeletedTopics
//   LeadershipReported    term up, or the same leader in the same term; anything else in it is passed over
//   ProducerIdsAllocated  directly behind the last block
//   PartitionsReassigned  of partitions that are there; see ReplicaMoves
//   ReassignmentsFinished of the target that is under way; anything else in it is passed over
//   BrokerDraining        of a broker that is registered; outlives its processes and incarnations
//   TopicConfigsChanged   of a topic that is there

/// <summary>
/// Everything that the cluster has agreed on, up to one index of the metadata log. Immutable: it may be read and kept
/// by any thread. Two brokers that applied the same records hold the same image.
/// </summary>
public sealed record ClusterImage
{
    public static readonly ClusterImage Empty = new();

    /// <summary>The last entry of the metadata log that is in this image; 0 before the first.</summary>
    public long Index { get; init; }

    /// <summary>Empty until the first metadata leader minted it.</summary>
    public ClusterId ClusterId { get; init; }

    public int Level { get; init; }

    public ImmutableSortedDictionary<BrokerId, BrokerRegistration> Brokers { get; init; } =
        ImmutableSortedDictionary<BrokerId, BrokerRegistration>.Empty;

    /// <summary>By name, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, TopicImage> Topics { get; init; } =
        ImmutableSortedDictionary.Create<string, TopicImage>(StringComparer.Ordinal);

    /// <summary>Where a topic's data may be deleted, and the index that said so.</summary>
    public ImmutableDictionary<TopicId, long> DeletedTopics { get; init; } =
        ImmutableDictionary<TopicId, long>.Empty;

    public long NextProducerId { get; init; }

    /// <summary>Of all brokers, whether they live or not. Made anew at each call.</summary>
    public RackMap Racks => new(Brokers.Values.Select(broker => (broker.Id, broker.Rack)));

    // For look-ups only: its order is a hash's.
    private ImmutableDictionary<TopicId, string> NamesById { get; init; } = ImmutableDictionary<TopicId, string>.Empty;

    public TopicImage? FindTopic(string name) => Topics.GetValueOrDefault(name);

    public TopicImage? FindTopic(TopicId id) =>
        NamesById.TryGetValue(id, out string? name) ? Topics[name] : null;

    public PartitionImage? FindPartition(PartitionId id) =>
        FindTopic(id.Topic) is { } topic && (uint)id.Index < (uint)topic.Partitions.Count
            ? topic.Partitions[id.Index]
            : null;

    public bool IsAlive(BrokerId broker) =>
        Brokers.TryGetValue(broker, out BrokerRegistration? found) && found.IsAlive;

    /// <summary>The leader if it lives, else none: what a client may be told.</summary>
    public BrokerId LiveLeader(PartitionImage partition) =>
        IsAlive(partition.Leader) ? partition.Leader : BrokerId.None;

    public bool IsDraining(BrokerId broker) =>
        Brokers.TryGetValue(broker, out BrokerRegistration? found) && found.IsDraining;

    /// <summary>Who is to lead: the first replica, but for those on brokers that are to leave.</summary>
    public BrokerId PreferredLeader(PartitionImage partition)
    {
        foreach (BrokerId replica in partition.Replicas)
        {
            if (!IsDraining(replica))
            {
                return replica;
            }
        }

        return partition.Replicas[0];
    }

    /// <summary>
    /// True where a replica was placed before this life of its broker's data directory began: its data and votes are
    /// gone, so it must neither vote nor acknowledge until the group has taken it in again.
    /// </summary>
    public bool IsPredecessors(PartitionImage partition, BrokerId broker) =>
        Brokers.TryGetValue(broker, out BrokerRegistration? found)
        && found.IncarnationSince > partition.PlacedAt(broker);

    /// <summary>The image after one entry of the log; all of its records or, if one contradicts, none.</summary>
    /// <exception cref="MetadataRecordException">A record contradicts the image.</exception>
    public ClusterImage Apply(IReadOnlyList<MetadataRecord> records, long index)
    {
        if (index <= Index)
        {
            throw new MetadataRecordException($"Entry {index} comes after entry {Index} was applied.");
        }

        ClusterImage image = this;
        foreach (MetadataRecord record in records)
        {
            image = image.Apply(record, index);
        }

        return image with { Index = index };
    }

    /// <summary>Makes the image that a snapshot described.</summary>
    internal ClusterImage WithTopics(IEnumerable<TopicImage> topics)
    {
        ImmutableSortedDictionary<string, TopicImage>.Builder byName = Topics.ToBuilder();
        ImmutableDictionary<TopicId, string>.Builder byId = NamesById.ToBuilder();
        foreach (TopicImage topic in topics)
        {
            byName.Add(topic.Name, topic);
            byId.Add(topic.Id, topic.Name);
        }

        return this with { Topics = byName.ToImmutable(), NamesById = byId.ToImmutable() };
    }

    private ClusterImage Apply(MetadataRecord record, long index)
    {
        if (record is ClusterCreated created)
        {
            return Create(created);
        }

        Require(!ClusterId.IsEmpty, record, "no cluster was created yet");
        Require(record.RequiredLevel <= Level, record, $"it needs feature level {record.RequiredLevel}, not {Level}");
        return record switch
        {
            BrokerRegistered registered => Register(registered, index),
            BrokerFenced fenced => Fence(fenced, fenced.Broker, fenced.Process, true),
            BrokerUnfenced unfenced => Fence(unfenced, unfenced.Broker, unfenced.Process, false),
            TopicCreated topic => CreateTopic(topic, index),
            PartitionsAdded added => AddPartitions(added, index),
            TopicDeleted deleted => DeleteTopic(deleted, index),
            LeadershipReported reported => Report(reported),
            ProducerIdsAllocated allocated => Allocate(allocated),
            PartitionsReassigned reassigned => Reassign(reassigned, index),
            ReassignmentsFinished finished => Finish(finished),
            FeatureLevelRaised raised => Raise(raised),
            BrokerDraining draining => Drain(draining),
            TopicConfigsChanged changed => Configure(changed),
            _ => throw new MetadataRecordException($"{record.GetType().Name} is a record that nobody applies."),
        };
    }

    private ClusterImage Create(ClusterCreated record)
    {
        Require(ClusterId.IsEmpty, record, $"cluster {ClusterId} exists");
        Require(!record.Cluster.IsEmpty, record, "its id is empty");
        return this with { ClusterId = record.Cluster, Level = Known(record.Level) };
    }

    private ClusterImage Raise(FeatureLevelRaised record)
    {
        Require(record.Level > Level, record, $"the cluster is at feature level {Level}");
        return this with { Level = Known(record.Level) };
    }

    private static int Known(int level) => level is >= FeatureLevel.Oldest and <= FeatureLevel.Newest
        ? level
        : throw new NewerVersionException(
            $"The cluster is at feature level {level}; this version knows levels {FeatureLevel.Oldest} to "
            + $"{FeatureLevel.Newest} only: update this broker.");

    private ClusterImage Register(BrokerRegistered record, long index)
    {
        bool sameLife = Brokers.TryGetValue(record.Broker, out BrokerRegistration? old)
            && old.Incarnation == record.Incarnation;
        long since = sameLife ? old!.IncarnationSince : index;
        var registration = new BrokerRegistration(record, since, false) { IsDraining = old?.IsDraining ?? false };
        return this with { Brokers = Brokers.SetItem(record.Broker, registration) };
    }

    private ClusterImage Fence(MetadataRecord record, BrokerId broker, ProcessIncarnation process, bool fenced)
    {
        BrokerRegistration? found = Brokers.GetValueOrDefault(broker);
        Require(found?.Process == process, record, $"broker {broker} is not registered with that process");
        return this with { Brokers = Brokers.SetItem(broker, found! with { Fenced = fenced }) };
    }

    private ClusterImage Drain(BrokerDraining record)
    {
        BrokerRegistration? found = Brokers.GetValueOrDefault(record.Broker);
        Require(found is not null, record, $"broker {record.Broker} is not registered");
        return this with { Brokers = Brokers.SetItem(record.Broker, found! with { IsDraining = record.IsDraining }) };
    }

    private ClusterImage CreateTopic(TopicCreated record, long index)
    {
        Require(!Topics.ContainsKey(record.Name), record, $"topic '{record.Name}' exists");
        Require(
            !NamesById.ContainsKey(record.Topic) && !DeletedTopics.ContainsKey(record.Topic),
            record,
            $"topic id {record.Topic} was used");
        RequireReplicas(record, record.Partitions);
        var topic = new TopicImage(
            record.Topic, record.Name, PartitionTable.Of(Place(record.Partitions, index)), record.Configs);
        return WithTopics([topic]);
    }

    private ClusterImage AddPartitions(PartitionsAdded record, long index)
    {
        TopicImage? topic = FindTopic(record.Topic);
        Require(topic is not null, record, $"topic id {record.Topic} is unknown");
        Require(topic!.Partitions.Count == record.First, record, $"topic '{topic.Name}' ends elsewhere");
        RequireReplicas(record, record.Partitions);
        return WithTopic(topic.With(topic.Partitions.Append(Place(record.Partitions, index))));
    }

    private ClusterImage DeleteTopic(TopicDeleted record, long index)
    {
        TopicImage? topic = FindTopic(record.Topic);
        Require(topic is not null, record, $"topic id {record.Topic} is unknown");
        return this with
        {
            Topics = Topics.Remove(topic!.Name),
            NamesById = NamesById.Remove(record.Topic),
            DeletedTopics = DeletedTopics.Add(record.Topic, index),
        };
    }

    private ClusterImage Configure(TopicConfigsChanged record)
    {
        TopicImage? topic = FindTopic(record.Topic);
        Require(topic is not null, record, $"topic id {record.Topic} is unknown");
        return WithTopic(topic!.With(record.Configs));
    }

    private ClusterImage Report(LeadershipReported record)
    {
        ClusterImage image = this;
        foreach (IGrouping<TopicId, LeadershipReport> group in record.Reports.GroupBy(report => report.Topic))
        {
            if (FindTopic(group.Key) is { } topic)
            {
                image = image.WithTopic(topic.With(LeadershipPlanner.Apply(topic.Partitions, group)));
            }
        }

        return image;
    }

    private ClusterImage Allocate(ProducerIdsAllocated record)
    {
        bool next = record.First == NextProducerId && record.Count > 0;
        Require(next, record, $"the next producer id is {NextProducerId}");
        return this with { NextProducerId = checked(record.First + record.Count) };
    }

    private ClusterImage Reassign(PartitionsReassigned record, long index)
    {
        ClusterImage image = this;
        foreach (PartitionTarget target in record.Partitions)
        {
            PartitionImage? partition = image.FindPartition(new PartitionId(target.Topic, target.Partition));
            Require(partition is not null, record, $"{target.Topic}/{target.Partition} is unknown");
            bool isSet = !target.Replicas.IsDefaultOrEmpty
                && target.Replicas.Distinct().Count() == target.Replicas.Length;
            Require(isSet, record, $"{target.Topic}/{target.Partition} gets no replicas, or one of them twice");
            image = image.With(target.Topic, target.Partition, ReplicaMoves.Begin(partition!, target.Replicas, index));
        }

        return image;
    }

    private ClusterImage Finish(ReassignmentsFinished record)
    {
        ClusterImage image = this;
        foreach (FinishedMove move in record.Partitions)
        {
            if (image.FindPartition(new PartitionId(move.Topic, move.Partition)) is { } partition)
            {
                image = image.With(move.Topic, move.Partition, ReplicaMoves.Finish(partition, move.At));
            }
        }

        return image;
    }

    private ClusterImage With(TopicId id, int partition, PartitionImage changed)
    {
        TopicImage topic = FindTopic(id)!;
        return WithTopic(topic.With(topic.Partitions.With([new(partition, changed)])));
    }

    private ClusterImage WithTopic(TopicImage topic) => this with { Topics = Topics.SetItem(topic.Name, topic) };

    private static IEnumerable<PartitionImage> Place(
        ImmutableArray<ImmutableArray<BrokerId>> partitions, long index) =>
        partitions.Select(replicas => new PartitionImage(replicas, BrokerId.None, Term.Zero, [], index));

    private static void RequireReplicas(MetadataRecord record, ImmutableArray<ImmutableArray<BrokerId>> partitions) =>
        Require(
            !partitions.IsDefaultOrEmpty && partitions.All(replicas => !replicas.IsDefaultOrEmpty),
            record,
            "a partition has no replicas");

    private static void Require(bool holds, MetadataRecord record, string otherwise)
    {
        if (!holds)
        {
            throw new MetadataRecordException($"{record.GetType().Name} can't be applied: {otherwise}.");
        }
    }
}
