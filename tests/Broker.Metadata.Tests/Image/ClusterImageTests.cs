using System.Buffers;
using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class ClusterImageTests
{
    [Property(MaxTest = 200)]
    public void What_planners_decide_applies_and_applied_twice_gives_the_same_image((byte, byte, byte)[] script)
    {
        ScriptedCluster cluster = ScriptedCluster.Run(script);
        ClusterImage again = ScriptedCluster.Replay(Cluster.OfSize(0), cluster.Entries);
        Assert.Equal(ImageCodec.Encode(cluster.Image), ImageCodec.Encode(again));
    }

    [Property(MaxTest = 200)]
    public void A_snapshot_and_the_rest_give_the_same_image((byte, byte, byte)[] script, byte cut)
    {
        ScriptedCluster cluster = ScriptedCluster.Run(script);
        int at = cut % (cluster.Entries.Count + 1);
        ClusterImage half = ScriptedCluster.Replay(Cluster.OfSize(0), cluster.Entries.Take(at));
        ClusterImage restored = ImageCodec.Decode(new ReadOnlySequence<byte>(ImageCodec.Encode(half)));
        ClusterImage whole = ScriptedCluster.Replay(restored, cluster.Entries.Skip(at));
        Assert.Equal(ImageCodec.Encode(cluster.Image), ImageCodec.Encode(whole));
        foreach (TopicImage topic in cluster.Image.Topics.Values)
        {
            Assert.Equal(topic.Name, whole.FindTopic(topic.Id)?.Name);
        }
    }

    [Property(MaxTest = 100)]
    public void Terms_and_producer_ids_never_go_back((byte, byte, byte)[] script)
    {
        ScriptedCluster cluster = ScriptedCluster.Run(script);
        ClusterImage image = Cluster.OfSize(0);
        foreach ((long Index, byte[] Bytes) entry in cluster.Entries)
        {
            ClusterImage next = ScriptedCluster.Replay(image, [entry]);
            Assert.True(next.NextProducerId >= image.NextProducerId);
            foreach (TopicImage topic in image.Topics.Values)
            {
                if (next.FindTopic(topic.Id) is { } after)
                {
                    Assert.All(topic.Partitions.Zip(after.Partitions), pair => Assert.True(
                        pair.Second.Term > pair.First.Term
                        || (pair.Second.Term == pair.First.Term
                            && (pair.Second.Leader == pair.First.Leader || HasLeft(pair.First.Leader, pair.Second)))));
                }
            }

            image = next;
        }
    }

    [Property(MaxTest = 200)]
    public void Whoever_has_a_replica_keeps_it_until_its_removal_is_written((byte, byte, byte)[] script)
    {
        ScriptedCluster cluster = ScriptedCluster.Run(script);
        ClusterImage image = Cluster.OfSize(0);
        foreach ((long Index, byte[] Bytes) entry in cluster.Entries)
        {
            ClusterImage next = ScriptedCluster.Replay(image, [entry]);
            foreach (TopicImage topic in image.Topics.Values)
            {
                if (next.FindTopic(topic.Id) is { } after)
                {
                    Assert.All(topic.Partitions.Zip(after.Partitions), pair => Assert.All(
                        pair.First.Replicas,
                        replica => Assert.True(
                            pair.Second.Replicas.Contains(replica) || pair.Second.Removed.Contains(replica))));
                    Assert.All(after.Partitions, IsWhole);
                }
            }

            image = next;
        }
    }

    [Fact]
    public void Nothing_is_applied_before_the_cluster_was_created() =>
        Assert.Throws<MetadataRecordException>(() => ClusterImage.Empty.Apply([Cluster.Broker(1)], 1));

    [Fact]
    public void A_second_cluster_id_is_refused()
    {
        var record = new ClusterCreated(new ClusterId(Guid.NewGuid()), FeatureLevel.Newest);
        Assert.Throws<MetadataRecordException>(() => Cluster.OfSize(1).Then(record));
    }

    [Fact]
    public void A_cluster_of_a_newer_feature_level_is_refused_by_name()
    {
        var record = new ClusterCreated(Cluster.Id, FeatureLevel.Newest + 1);
        var e = Assert.Throws<NewerVersionException>(() => ClusterImage.Empty.Apply([record], 1));
        Assert.Contains(
            $"at feature level {FeatureLevel.Newest + 1}; this version knows levels 1 to {FeatureLevel.Newest} only",
            e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_level_goes_up_and_never_back()
    {
        ClusterImage old = ClusterImage.Empty.Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Oldest)], 1);
        ClusterImage raised = old.Then(new FeatureLevelRaised(FeatureLevel.Newest));
        Assert.Equal(FeatureLevel.Newest, raised.Level);
        Assert.Throws<MetadataRecordException>(() => raised.Then(new FeatureLevelRaised(FeatureLevel.Oldest)));
        Assert.Throws<MetadataRecordException>(() => raised.Then(new FeatureLevelRaised(FeatureLevel.Newest)));
    }

    [Fact]
    public void A_level_that_this_version_does_not_know_is_no_mere_contradiction()
    {
        var record = new FeatureLevelRaised(FeatureLevel.Newest + 1);
        Assert.Throws<NewerVersionException>(() => Cluster.OfSize(1).Then(record));
    }

    [Fact]
    public void An_entry_that_contradicts_leaves_the_image_as_it_was()
    {
        ClusterImage image = Cluster.OfSize(3);
        MetadataRecord second = Cluster.Create(image, Cluster.Wish("b")).Records.Single();
        Assert.Throws<MetadataRecordException>(() => image.Then(second, new TopicDeleted(Cluster.Topic(9))));
        Assert.Null(image.FindTopic("b"));
    }

    [Fact]
    public void An_entry_is_applied_once()
    {
        ClusterImage image = Cluster.OfSize(1);
        Assert.Throws<MetadataRecordException>(() => image.Apply([Cluster.Broker(2)], image.Index));
    }

    [Fact]
    public void A_deleted_topic_is_remembered_by_its_id_and_its_name_is_free_again()
    {
        ClusterImage image = Cluster.OfSize(3);
        image = image.Then(Cluster.Create(image, Cluster.Wish("a", id: 1)));
        image = image.Then(TopicPlanner.Delete(image, "a"));
        image = image.Then(Cluster.Create(image, Cluster.Wish("a", id: 2)));
        Assert.Null(image.FindTopic(Cluster.Topic(1)));
        Assert.Equal("a", image.FindTopic(Cluster.Topic(2))?.Name);
        Assert.True(image.DeletedTopics.ContainsKey(Cluster.Topic(1)));
    }

    [Fact]
    public void A_replica_that_was_placed_before_its_brokers_new_life_is_its_predecessors()
    {
        ClusterImage image = Cluster.OfSize(3);
        image = image.Then(Cluster.Create(image, Cluster.Wish("a")));
        image = image.Then(Cluster.Broker(2, incarnation: 7)).Then(Cluster.Broker(3, process: 7));
        PartitionImage partition = image.Topics["a"].Partitions[0];
        Assert.False(image.IsPredecessors(partition, new BrokerId(1)));
        Assert.True(image.IsPredecessors(partition, new BrokerId(2)));
        Assert.False(image.IsPredecessors(partition, new BrokerId(3)));
        image = image.Then(Cluster.Create(image, Cluster.Wish("b", id: 2)));
        Assert.False(image.IsPredecessors(image.Topics["b"].Partitions[0], new BrokerId(2)));
    }

    [Fact]
    public void A_leader_that_is_fenced_is_no_live_leader()
    {
        ClusterImage image = Cluster.OfSize(3);
        image = image.Then(Cluster.Create(image, Cluster.Wish("a")));
        image = image.Then(LeadershipPlanner.Merge(image, [Cluster.Report(1, 0, 1, 2, 1, 2, 3)]));
        Assert.Equal(new BrokerId(2), image.LiveLeader(image.Topics["a"].Partitions[0]));
        image = image.Then(new BrokerFenced(new BrokerId(2), image.Brokers[new BrokerId(2)].Process));
        Assert.Equal(BrokerId.None, image.LiveLeader(image.Topics["a"].Partitions[0]));
    }

    private static bool HasLeft(BrokerId leader, PartitionImage partition) =>
        partition.Leader == BrokerId.None && !partition.Replicas.Contains(leader);

    private static void IsWhole(PartitionImage partition)
    {
        Assert.Equal(partition.Replicas.Distinct(), partition.Replicas);
        Assert.Equal(partition.Target.Concat(partition.Removing), partition.Replicas);
        Assert.All(partition.Original, replica => Assert.Contains(replica, partition.Replicas));
        Assert.All(partition.Later, later => Assert.Contains(later.Broker, partition.Replicas));
        Assert.Equal(partition.Later.Select(later => later.Broker).Distinct().Count(), partition.Later.Length);
        Assert.DoesNotContain(partition.Removed, partition.Replicas.Contains);
    }
}
