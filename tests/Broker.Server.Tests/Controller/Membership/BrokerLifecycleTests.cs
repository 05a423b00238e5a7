using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Broker.Server.Controller.Membership;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Broker.Server.Tests.Controller.Membership;

public sealed class BrokerLifecycleTests
{
    private readonly ControllerBench _bench = new();

    public BrokerLifecycleTests() => _bench.Group.Lead(new BrokerId(1));

    [Fact]
    public async Task A_broker_of_an_older_version_than_the_cluster_ends_and_says_why()
    {
        var refused = await Assert.ThrowsAsync<RefusedByClusterException>(() => RunAsync(
            new BrokerWish(default, Details with { NewestLevel = FeatureLevel.Oldest })));
        Assert.Contains("knows feature levels 1 to 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Start it with a newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_of_another_cluster_ends_and_says_why()
    {
        ClusterId other = ClusterId.New(new Random(5));
        var refused = await Assert.ThrowsAsync<RefusedByClusterException>(
            () => RunAsync(new BrokerWish(other, Details)));
        Assert.Contains(other.ToString(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_whose_id_is_taken_waits_until_it_is_free()
    {
        await _bench.RegisterAllAsync();
        BrokerRegistered second = Details with
        {
            Incarnation = Incarnation.New(new Random(8)),
            Process = ProcessIncarnation.New(new Random(8)),
        };
        BrokerLifecycle waiting = LifecycleOf(new BrokerWish(default, second));
        using var stop = new CancellationTokenSource();
        Task running = waiting.RunAsync(stop.Token);
        _bench.Group.Commit(new BrokerFenced(second.Broker, Details.Process));
        await _bench.RunAsync(Done(waiting.Registered));
        Assert.Equal(second.Incarnation, _bench.Group.Image.Brokers[second.Broker].Incarnation);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private BrokerRegistered Details => _bench.Details[new BrokerId(2)];

    private Task<bool> RunAsync(BrokerWish wish) => _bench.RunAsync(
        Done(LifecycleOf(wish).RunAsync(TestContext.Current.CancellationToken)));

    private BrokerLifecycle LifecycleOf(BrokerWish wish) => new(
        () => wish,
        _bench.Routes[new BrokerId(2)],
        _bench.WatchOf(new BrokerId(2)),
        new LeadershipReporter(_ => null),
        ControllerTimings.Default,
        _bench.Time,
        NullLogger.Instance);

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }
}
