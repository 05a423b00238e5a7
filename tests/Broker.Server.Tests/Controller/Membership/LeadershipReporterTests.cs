using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Membership;
using Xunit;

namespace Broker.Server.Tests.Controller.Membership;

public sealed class LeadershipReporterTests
{
    private readonly ControllerBench _bench = new();

    [Fact]
    public async Task A_report_is_repeated_until_the_image_agrees()
    {
        TopicImage topic = await CreateTopicAsync();
        LeadershipReport report = Report(topic, 1);
        LeadershipReport? current = report;
        var reporter = new LeadershipReporter(_ => current);

        reporter.Changed(new PartitionId(topic.Id, 0));
        Assert.Equal(report, Assert.Single(reporter.Take(_bench.Group.Image)));
        Assert.Equal(report, Assert.Single(reporter.Take(_bench.Group.Image)));

        _bench.Group.Commit(new LeadershipReported([report]));
        Assert.Empty(reporter.Take(_bench.Group.Image));
        Assert.False(reporter.HasUnsaid);

        reporter.Changed(new PartitionId(topic.Id, 0));
        current = null;
        Assert.Empty(reporter.Take(_bench.Group.Image));
    }

    [Fact]
    public async Task What_was_taken_back_before_it_was_applied_is_corrected_when_it_is()
    {
        TopicImage topic = await CreateTopicAsync();
        var id = new PartitionId(topic.Id, 0);
        _bench.Group.Commit(new LeadershipReported([Report(topic, 1, 2, 3)]));
        LeadershipReport current = Report(topic, 1, 2);
        var reporter = new LeadershipReporter(_ => current);
        _bench.WatchOf(new BrokerId(1)).LeaderTold += (partition, leader) =>
            reporter.Told(partition, leader == topic.Partitions[0].Replicas[0]);
        reporter.Changed(id);
        LeadershipReport underWay = Assert.Single(reporter.Take(_bench.Group.Image));

        current = Report(topic, 1, 2, 3);
        reporter.Changed(id);
        Assert.Empty(reporter.Take(_bench.Group.Image));

        _bench.Group.Commit(new LeadershipReported([underWay]));
        Assert.Equal(current, Assert.Single(reporter.Take(_bench.Group.Image)));
        _bench.Group.Commit(new LeadershipReported([current]));
        Assert.Empty(reporter.Take(_bench.Group.Image));
        Assert.False(reporter.HasUnsaid);
    }

    private static LeadershipReport Report(TopicImage topic, params int[] inSync) => new(
        topic.Id, 0, new Term(1), topic.Partitions[0].Replicas[0], [.. inSync.Select(id => new BrokerId(id))]);

    private async Task<TopicImage> CreateTopicAsync()
    {
        _bench.Group.Lead(new BrokerId(1));
        await _bench.RegisterAllAsync();
        await _bench.RunAsync(_bench.ClientOf(new BrokerId(1)).CreateTopicsAsync(
            [ControllerBench.Wish("orders", partitions: 1)],
            false,
            TimeSpan.Zero,
            TestContext.Current.CancellationToken));
        return _bench.Group.Image.FindTopic("orders")!;
    }
}
