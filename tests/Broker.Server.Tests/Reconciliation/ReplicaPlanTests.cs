using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Configuration;
using Broker.Server.Reconciliation;
using Broker.Server.Tests.Network;
using Xunit;

namespace Broker.Server.Tests.Reconciliation;

public sealed class ReplicaPlanTests
{
    private static readonly BrokerId Self = new(1);
    private static readonly TopicId Topic = TopicId.New(new Random(5));
    private static readonly TopicConfigDefaults Defaults = TestOptions.With().Topics.Configs;

    [Fact]
    public void Starts_what_is_assigned_and_keeps_what_runs()
    {
        var running = new SortedSet<PartitionId> { new(Topic, 0) };

        ReplicaPlan plan = ReplicaPlan.Make(Image(deleted: false), Self, Defaults, running, running);

        Assert.Equal(new PartitionId(Topic, 2), Assert.Single(plan.Start).Id);
        Assert.Equal(new PartitionId(Topic, 0), Assert.Single(plan.Keep).Id);
        Assert.Empty(plan.Delete);
        Assert.Empty(plan.SetAside);
    }

    [Fact]
    public void What_a_topic_does_not_set_is_the_brokers_own_default()
    {
        TopicConfigDefaults defaults = TestOptions.With("--min.insync.replicas=2", "--log.retention.ms=1000")
            .Topics.Configs;
        ReplicaPlan plan = ReplicaPlan.Make(
            Image(deleted: false, ("retention.ms", "5")), Self, defaults, new SortedSet<PartitionId>(), []);

        TopicSettings settings = plan.Start[0].Settings;
        Assert.Equal(2, settings.MinInSyncReplicas);
        Assert.Equal(5, settings.RetentionMs);
    }

    [Fact]
    public void Deletes_only_what_a_committed_record_deleted()
    {
        PartitionId[] here = [new(Topic, 0), new(Topic, 2)];

        ReplicaPlan plan = ReplicaPlan.Make(Image(deleted: true), Self, Defaults, new SortedSet<PartitionId>(), here);

        Assert.Equal(here, plan.Delete);
        Assert.Empty(plan.SetAside);
        Assert.Empty(plan.Start);
    }

    [Fact]
    public void Sets_aside_what_no_image_knows()
    {
        var stranger = new PartitionId(TopicId.New(new Random(6)), 0);

        ReplicaPlan plan = ReplicaPlan.Make(
            Image(deleted: false), Self, Defaults, new SortedSet<PartitionId>(), [stranger, new(Topic, 1)]);

        Assert.Equal([stranger, new(Topic, 1)], plan.SetAside.OrderBy(id => id.Index));
        Assert.Empty(plan.Delete);
    }

    [Fact]
    public void Who_is_added_starts_with_the_voters_that_there_were_and_nobody_stops_before_the_end()
    {
        ClusterImage image = Move(Image(deleted: false), 1, [new(1), new(2), new(3)]);
        image = Move(image, 0, [new(4), new(2), new(3)]);

        ReplicaPlan plan = ReplicaPlan.Make(
            image, Self, Defaults, new SortedSet<PartitionId> { new(Topic, 0), new(Topic, 2) }, [new(Topic, 0)]);

        ReplicaAssignment added = Assert.Single(plan.Start);
        Assert.Equal((1, false), (added.Id.Index, added.IsPreferred));
        Assert.Equal([new BrokerId(2), new BrokerId(3), new BrokerId(4)], added.Voters);
        Assert.Equal(2, plan.Keep.Count);
        Assert.Empty(plan.Remove);
        Assert.Empty(plan.SetAside);
    }

    [Fact]
    public void Removes_what_was_moved_away_once_that_is_written()
    {
        ClusterImage image = Move(Image(deleted: false), 0, [new(4), new(2), new(3)]);
        long at = image.FindPartition(new PartitionId(Topic, 0))!.Reassignment!.At;
        image = image.Apply([new ReassignmentsFinished([new FinishedMove(Topic, 0, at)])], image.Index + 1);

        ReplicaPlan plan = ReplicaPlan.Make(
            image, Self, Defaults, new SortedSet<PartitionId> { new(Topic, 0) }, [new(Topic, 0), new(Topic, 2)]);

        Assert.Equal(new PartitionId(Topic, 0), Assert.Single(plan.Remove));
        Assert.Empty(plan.Delete);
        Assert.Empty(plan.SetAside);
    }

    private static ClusterImage Move(ClusterImage image, int partition, ImmutableArray<BrokerId> target) => image.Apply(
        [new PartitionsReassigned([new PartitionTarget(Topic, partition, target)])], image.Index + 1);

    // Partitions 0 and 2 are this broker's, 1 is not.
    private static ClusterImage Image(bool deleted, params (string Name, string Value)[] configs)
    {
        ImmutableArray<BrokerId> ours = [Self, new(2), new(3)];
        ImmutableArray<BrokerId> theirs = [new(2), new(3), new(4)];
        ClusterImage image = ClusterImage.Empty.Apply(
            [new ClusterCreated(ClusterId.New(new Random(7)), FeatureLevel.Newest)], 1);
        image = image.Apply(
            [new TopicCreated(
                Topic,
                "orders",
                [ours, theirs, ours],
                configs.ToImmutableSortedDictionary(each => each.Name, each => each.Value, StringComparer.Ordinal))],
            2);
        return deleted ? image.Apply([new TopicDeleted(Topic)], 3) : image;
    }
}
