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
        _bench.Group.Lead(new BrokerId(1));
        await _bench.RegisterAllAsync();
        await _bench.RunAsync(_bench.ClientOf(new BrokerId(1)).CreateTopicsAsync(
            [ControllerBench.Wish("orders", partitions: 1)],
            false,
            TimeSpan.Zero,
            TestContext.Current.CancellationToken));
        TopicImage topic = _bench.Group.Image.FindTopic("orders")!;
        var report = new LeadershipReport(topic.Id, 0, new Term(1), topic.Partitions[0].Replicas[0], [new BrokerId(1)]);
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
}
