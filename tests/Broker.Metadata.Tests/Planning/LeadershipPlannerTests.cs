using System.Collections.Immutable;
using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class LeadershipPlannerTests
{
    private readonly ClusterImage _image;

    public LeadershipPlannerTests()
    {
        ClusterImage image = Cluster.OfSize(4);
        _image = image.Then(new TopicCreated(
            Cluster.Topic(1),
            "t",
            [Cluster.Ids(1, 2, 3), Cluster.Ids(2, 3, 1)],
            ImmutableSortedDictionary<string, string>.Empty));
    }

    [Fact]
    public void Reports_of_a_tick_become_one_record_in_order()
    {
        Plan plan = LeadershipPlanner.Merge(
            _image,
            [Cluster.Report(1, 1, 2, 3, 3), Cluster.Report(1, 0, 1, 1, 1, 2), Cluster.Report(1, 1, 3, 2, 2, 3)]);
        var record = Assert.IsType<LeadershipReported>(Assert.Single(plan.Records));
        Assert.Equal([0, 1], record.Reports.Select(report => report.Partition));
        Assert.Equal(new Term(3), record.Reports[1].Term);
    }

    [Fact]
    public void Of_two_reports_of_one_leader_the_later_counts()
    {
        Plan plan = LeadershipPlanner.Merge(_image, [Cluster.Report(1, 0, 1, 1, 1), Cluster.Report(1, 0, 1, 1, 1, 2)]);
        ClusterImage image = _image.Then(plan);
        Assert.Equal(Cluster.Ids(1, 2), image.Topics["t"].Partitions[0].InSync);
    }

    [Fact]
    public void What_is_old_known_or_impossible_makes_no_record()
    {
        ClusterImage image = _image.Then(LeadershipPlanner.Merge(_image, [Cluster.Report(1, 0, 5, 1, 1, 2, 3)]));
        Assert.Empty(LeadershipPlanner.Merge(
            image,
            [
                Cluster.Report(1, 0, 4, 2, 1, 2, 3),
                Cluster.Report(1, 0, 5, 1, 1, 2, 3),
                Cluster.Report(1, 0, 5, 2, 1, 2, 3),
                Cluster.Report(1, 0, 6, 4, 4),
                Cluster.Report(1, 0, 6, 1, 1, 4),
                Cluster.Report(1, 2, 1, 1, 1),
                Cluster.Report(2, 0, 1, 1, 1),
            ]).Records);
    }

    [Fact]
    public void A_record_that_was_overtaken_changes_nothing()
    {
        ClusterImage image = _image.Then(LeadershipPlanner.Merge(_image, [Cluster.Report(1, 0, 5, 1, 1)]));
        ClusterImage after = image.Then(new LeadershipReported(
            [Cluster.Report(1, 0, 4, 2, 2), Cluster.Report(9, 0, 4, 2, 2), Cluster.Report(1, 7, 4, 2, 2)]));
        Assert.Equal(image.Topics["t"].Partitions, after.Topics["t"].Partitions);
    }
}
