using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Configuration;
using Xunit;

namespace Broker.Server.Tests.Controller;

public sealed class ReplicaRebuilderTests : IAsyncDisposable
{
    private const int NoRoomTold = 2006;
    private const int NoMajorityTold = 2007;
    private const int DisksFullTold = 2008;

    private static readonly BrokerId One = new(1);
    private static readonly BrokerId Two = new(2);
    private static readonly BrokerId Three = new(3);
    private static readonly BrokerId Four = new(4);

    private readonly ControllerBench _bench = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    private IEnumerable<PartitionImage> Partitions => _bench.Group.Image.FindTopic("orders")!.Partitions;

    private int Rebuilt => Partitions.Count(partition => partition.Target.Contains(Four));

    [Fact]
    public async Task Replicas_are_rebuilt_after_the_delay_and_not_before_and_so_many_at_a_time()
    {
        await StartAsync(Four);
        _bench.Group.Commit(Fenced(Three));
        await PassAsync(4);
        Assert.Equal(0, Rebuilt);

        await PassAsync(2);
        Assert.Equal(ControllerBench.Rebuilds.ConcurrentPartitions, Rebuilt);
        FinishAll();
        await PassAsync(1);
        Assert.Equal(3, Rebuilt);
        Assert.All(Partitions, partition => Assert.Equal([1, 2, 4], partition.Target.Select(each => each.Value)));
    }

    [Fact]
    public async Task A_broker_that_comes_back_keeps_what_it_has()
    {
        await StartAsync(Four);
        _bench.Group.Commit(Fenced(Three));
        await PassAsync(4);
        _bench.Group.Commit(new BrokerUnfenced(Three, _bench.Details[Three].Process));
        await PassAsync(4);
        _bench.Group.Commit(Fenced(Three));
        await PassAsync(4);
        Assert.Equal(0, Rebuilt);
    }

    [Fact]
    public async Task A_new_metadata_leader_waits_the_whole_time_again()
    {
        await StartAsync(Four);
        _bench.Group.Commit(Fenced(Three));
        await PassAsync(4);
        _bench.Group.Lead(Two);
        await PassAsync(4);
        _bench.Group.Lead(One);
        await PassAsync(4);
        Assert.Equal(0, Rebuilt);
        await PassAsync(2);
        Assert.NotEqual(0, Rebuilt);
    }

    [Fact]
    public async Task Nothing_goes_to_a_broker_without_a_connection()
    {
        await StartAsync(Four);
        _bench.Unreachable.Add(Four);
        _bench.Group.Commit(Fenced(Three));
        await PassAsync(8);
        Assert.Equal(0, Rebuilt);
        Assert.False(_bench.Logger.Contains(NoRoomTold));
    }

    [Fact]
    public async Task What_can_not_be_rebuilt_is_told_once_for_those_who_are_gone()
    {
        await StartAsync();
        _bench.Group.Commit(Fenced(Three));
        await PassAsync(10);
        Assert.Equal(1, _bench.Logger.Count(NoRoomTold));
        Assert.Equal(0, _bench.Logger.Count(NoMajorityTold));

        _bench.Group.Commit(Fenced(Two));
        await PassAsync(10);
        int told = _bench.Logger.Count(NoMajorityTold);
        Assert.NotEqual(0, told);
        await PassAsync(10);
        Assert.Equal(told, _bench.Logger.Count(NoMajorityTold));
        Assert.All(Partitions, partition => Assert.Null(partition.Reassignment));
    }

    [Fact]
    public async Task Nothing_goes_to_a_full_disk_until_there_is_room_and_that_is_told()
    {
        await StartAsync(Four);
        _bench.Disks[Four] = new RoomReport(0, new Dictionary<PartitionId, long>());
        _bench.Group.Commit(Fenced(Three));
        await PassAsync(20);
        Assert.Equal(0, Rebuilt);
        Assert.Equal(1, _bench.Logger.Count(DisksFullTold));
        Assert.InRange(_bench.DisksAsked, 2, 4);

        _bench.Disks[Four] = new RoomReport(1000, new Dictionary<PartitionId, long>());
        await PassAsync(6);
        Assert.Equal(ControllerBench.Rebuilds.ConcurrentPartitions, Rebuilt);
    }

    [Fact]
    public async Task Switched_off_it_rebuilds_nothing()
    {
        await StartAsync(ControllerBench.Rebuilds with { IsOn = false }, Four);
        _bench.Group.Commit(Fenced(Three));
        await PassAsync(8);
        Assert.Equal(0, Rebuilt);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (Task running in _running)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        _stop.Dispose();
    }

    private Task StartAsync(params BrokerId[] more) => StartAsync(ControllerBench.Rebuilds, more);

    private async Task StartAsync(RebuildOptions options, params BrokerId[] more)
    {
        _bench.Group.Lead(One);
        await _bench.RegisterAllAsync();
        foreach (BrokerId broker in more)
            _bench.Group.Commit(_bench.Details[broker] = _bench.Details[One] with { Broker = broker });
        TopicId orders = TopicId.New(new Random(7));
        _bench.Group.Commit(new TopicCreated(
            orders,
            "orders",
            [.. Enumerable.Repeat<ImmutableArray<BrokerId>>([One, Two, Three], 3)],
            ImmutableSortedDictionary<string, string>.Empty));
        _bench.Group.Commit(new LeadershipReported(
            [.. Enumerable.Range(0, 3).Select(i => new LeadershipReport(orders, i, new Term(1), One, [One, Two]))]));
        foreach (BrokerId broker in ControllerBench.Brokers)
            _running.Add(_bench.RebuilderOf(broker, options).RunAsync(_stop.Token));
    }

    private BrokerFenced Fenced(BrokerId broker) => new(broker, _bench.Details[broker].Process);

    private void FinishAll()
    {
        TopicImage topic = _bench.Group.Image.FindTopic("orders")!;
        _bench.Group.Commit(new ReassignmentsFinished(
            [
                .. Enumerable.Range(0, topic.Partitions.Count).Where(i => topic.Partitions[i].Reassignment is not null)
                    .Select(i => new FinishedMove(topic.Id, i, topic.Partitions[i].Reassignment!.At)),
            ]));
    }

    private async Task PassAsync(int seconds)
    {
        for (int i = 0; i < seconds * 4; i++)
        {
            _bench.Time.Advance(TimeSpan.FromMilliseconds(250));
            for (int turn = 0; turn < 20; turn++)
                await Task.Yield();
        }
    }
}
