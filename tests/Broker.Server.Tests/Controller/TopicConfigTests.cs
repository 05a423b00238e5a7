using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Controller;

/// <summary>Changes of topics' configs, through any broker.</summary>
public sealed class TopicConfigTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ControllerBench _bench = new();

    public TopicConfigTests() => _bench.Group.Lead(new BrokerId(1));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whoever_was_asked_shows_the_change_and_runs_by_it(int asked)
    {
        TopicImage topic = await CreateAsync("t");
        MetadataWatch watch = _bench.WatchOf(new BrokerId(asked));
        long before = watch.Topology;
        TopicAnswer answer = await AlterAsync(asked, validateOnly: false, Wish(topic, "retention.ms", "5"));
        Assert.Equal((ControllerFault.None, "t", topic.Id), (answer.Fault, answer.Name, answer.Id));
        Assert.Equal("5", watch.Image.FindTopic("t")!.Configs["retention.ms"]);
        Assert.NotEqual(before, watch.Topology);

        long index = _bench.Group.Image.Index;
        Assert.Equal(
            ControllerFault.None, (await AlterAsync(asked, false, Wish(topic, "retention.ms", "5"))).Fault);
        Assert.Equal(index, _bench.Group.Image.Index);
    }

    [Fact]
    public async Task A_wish_that_is_only_to_be_judged_changes_nothing()
    {
        TopicImage topic = await CreateAsync("t");
        Assert.Equal(
            ControllerFault.None, (await AlterAsync(2, validateOnly: true, Wish(topic, "retention.ms", "5"))).Fault);
        Assert.Empty(_bench.Group.Image.FindTopic("t")!.Configs);
        TopicAnswer refused = await AlterAsync(2, validateOnly: true, Wish(topic, "retention.ms", "-5"));
        Assert.Equal(RefusalReason.InvalidConfig, refused.Refusal?.Reason);
    }

    [Fact]
    public async Task Each_topic_is_answered_for_itself()
    {
        TopicImage topic = await CreateAsync("t");
        TopicImage other = await CreateAsync("other");
        ImmutableArray<TopicAnswer> answers = await AlterAllAsync(
            2, false, [Wish(topic, "retention.mss", "5"), Wish(other, "retention.ms", "7")]);
        Assert.Equal([ControllerFault.Refused, ControllerFault.None], answers.Select(answer => answer.Fault));
        Assert.Empty(_bench.Group.Image.FindTopic("t")!.Configs);
        Assert.Equal("7", _bench.Group.Image.FindTopic("other")!.Configs["retention.ms"]);
    }

    private static TopicConfigWish Wish(TopicImage topic, string name, string value) =>
        new(topic.Name, topic.Id, false, [new ConfigChange(name, ConfigOperation.Set, value)]);

    private async Task<TopicImage> CreateAsync(string name)
    {
        if (_bench.Group.Image.Brokers.Count == 0)
            await _bench.RegisterAllAsync();
        await _bench.RunAsync(_bench.ClientOf(new BrokerId(1)).CreateTopicsAsync(
            [ControllerBench.Wish(name)], false, TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken));
        return _bench.Group.Image.FindTopic(name)!;
    }

    private async Task<TopicAnswer> AlterAsync(int asked, bool validateOnly, TopicConfigWish wish) =>
        Assert.Single(await AlterAllAsync(asked, validateOnly, [wish]));

    private Task<ImmutableArray<TopicAnswer>> AlterAllAsync(
        int asked, bool validateOnly, ImmutableArray<TopicConfigWish> wishes) =>
        _bench.RunAsync(_bench.ClientOf(new BrokerId(asked)).AlterTopicConfigsAsync(
            wishes, validateOnly, Patience, TestContext.Current.CancellationToken));
}
