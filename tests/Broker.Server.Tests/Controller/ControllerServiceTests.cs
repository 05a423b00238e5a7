using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Broker.Server.Controller.Messages;
using Xunit;

namespace Broker.Server.Tests.Controller;

public sealed class ControllerServiceTests
{
    private readonly ControllerBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silent_broker_is_fenced_and_taken_back_when_it_is_heard_again()
    {
        using var stop = new CancellationTokenSource();
        Task running = await StartAsync(stop.Token);

        await BeatForAsync(TimeSpan.FromSeconds(10), 1, 2);
        Assert.Equal([true, true, false], ControllerBench.Brokers.Select(_bench.Group.Image.IsAlive));

        await BeatForAsync(TimeSpan.FromSeconds(1), 1, 2, 3);
        Assert.True(_bench.Group.Image.IsAlive(new BrokerId(3)));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_process_that_is_gone_is_fenced_at_the_next_tick()
    {
        using var stop = new CancellationTokenSource();
        Task running = await StartAsync(stop.Token);
        await BeatForAsync(TimeSpan.FromSeconds(1), 1, 2, 3);

        var third = new BrokerId(3);
        _bench.ServiceOf(new BrokerId(1)).PeerGone(third, _bench.Details[third].Process);
        await BeatForAsync(TimeSpan.FromMilliseconds(200), 1, 2);

        Assert.False(_bench.Group.Image.IsAlive(third));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task All_reports_of_a_tick_become_one_entry()
    {
        using var stop = new CancellationTokenSource();
        Task running = await StartAsync(stop.Token);
        TopicImage topic = await CreateAsync();
        await BeatForAsync(TimeSpan.FromMilliseconds(200), 1, 2, 3);
        long before = _bench.Group.Image.Index;

        foreach (BrokerId broker in ControllerBench.Brokers)
        {
            var beat = new BrokerHeartbeat(
                broker,
                _bench.Details[broker].Process,
                [.. Enumerable.Range(0, 3).Where(p => topic.Partitions[p].Replicas[0] == broker)
                    .Select(p => new LeadershipReport(topic.Id, p, new Term(1), broker, [broker]))],
                Leaving: false);
            await _bench.Routes[broker].AskAsync(beat, TimeSpan.FromSeconds(1), Token);
        }

        await BeatForAsync(TimeSpan.FromMilliseconds(100), 1, 2, 3);
        Assert.Equal(before + 1, _bench.Group.Image.Index);
        Assert.All(_bench.Group.Image.FindTopic(topic.Id)!.Partitions, p => Assert.Equal(p.Replicas[0], p.Leader));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_process_that_is_not_registered_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        Task running = await StartAsync(stop.Token);

        var beat = new BrokerHeartbeat(new BrokerId(2), ProcessIncarnation.New(new Random(9)), [], Leaving: false);
        ControllerReply? reply = await _bench.Routes[new BrokerId(2)].AskAsync(beat, TimeSpan.FromSeconds(1), Token);

        Assert.Equal(ControllerStatus.RegisterFirst, reply!.Status);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private async Task<Task> StartAsync(CancellationToken cancellation)
    {
        _bench.Group.Lead(new BrokerId(1));
        await _bench.RegisterAllAsync();
        return _bench.ServiceOf(new BrokerId(1)).RunAsync(cancellation);
    }

    private async Task<TopicImage> CreateAsync()
    {
        await _bench.RunAsync(_bench.ClientOf(new BrokerId(2)).CreateTopicsAsync(
            [ControllerBench.Wish("orders")], false, TimeSpan.Zero, Token));
        return _bench.Group.Image.FindTopic("orders")!;
    }

    private async Task BeatForAsync(TimeSpan duration, params int[] brokers)
    {
        for (TimeSpan passed = default; passed < duration; passed += TimeSpan.FromMilliseconds(50))
        {
            foreach (BrokerId broker in brokers.Select(id => new BrokerId(id)))
            {
                var beat = new BrokerHeartbeat(broker, _bench.Details[broker].Process, [], Leaving: false);
                await _bench.Routes[broker].AskAsync(beat, TimeSpan.FromSeconds(1), Token);
            }

            _bench.Time.Advance(TimeSpan.FromMilliseconds(50));
            for (int i = 0; i < 20; i++)
                await Task.Yield();
        }
    }
}
