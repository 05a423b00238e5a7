using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Controller;

/// <summary>Which brokers the metadata leader gives replicas to.</summary>
public sealed class PlacementTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ControllerBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_was_just_killed_gets_nothing_though_it_is_not_fenced_yet()
    {
        await StartAsync();
        _bench.Unreachable.Add(new BrokerId(2));
        TopicImage topic = await CreateAsync();
        Assert.True(_bench.Group.Image.IsAlive(new BrokerId(2)));
        Assert.All(topic.Partitions, partition => Assert.DoesNotContain(new BrokerId(2), partition.Replicas));
    }

    [Fact]
    public async Task A_broker_that_is_drained_gets_nothing_until_it_is_to_stay()
    {
        await StartAsync();
        Assert.Equal(ControllerFault.None, (await MarkAsync(2, true)).Fault);
        TopicImage topic = await CreateAsync();
        Assert.All(topic.Partitions, partition => Assert.DoesNotContain(new BrokerId(2), partition.Replicas));
        Assert.Equal(ControllerFault.None, (await MarkAsync(2, false)).Fault);
        Assert.False(_bench.Group.Image.IsDraining(new BrokerId(2)));
    }

    [Fact]
    public async Task A_mark_that_can_not_be_is_refused_and_one_that_is_only_tried_is_not_set()
    {
        await StartAsync();
        (ControllerFault Fault, Refusal? Refusal) answer = await MarkAsync(9, true);
        Assert.Equal(ControllerFault.Refused, answer.Fault);
        Assert.Contains("Broker 9 is not registered", answer.Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(ControllerFault.None, (await MarkAsync(2, true, validateOnly: true)).Fault);
        Assert.False(_bench.Group.Image.IsDraining(new BrokerId(2)));
    }

    private async Task StartAsync()
    {
        _bench.Group.Lead(new BrokerId(1));
        await _bench.RegisterAllAsync();
    }

    private async Task<TopicImage> CreateAsync()
    {
        var wish = ControllerBench.Wish("orders", 12) with { ReplicationFactor = 1 };
        Task<ImmutableArray<TopicAnswer>> creating = _bench.ClientOf(new BrokerId(3))
            .CreateTopicsAsync([wish], false, Patience, Token);
        _bench.LeadAll("orders");
        Assert.Equal(ControllerFault.None, Assert.Single(await _bench.RunAsync(creating)).Fault);
        return _bench.Group.Image.FindTopic("orders")!;
    }

    private Task<(ControllerFault Fault, Refusal? Refusal)> MarkAsync(
        int broker, bool isDraining, bool validateOnly = false) =>
        _bench.RunAsync(_bench.ClientOf(new BrokerId(3)).MarkDrainingAsync(
            new BrokerId(broker), isDraining, validateOnly, Patience, Token));
}
