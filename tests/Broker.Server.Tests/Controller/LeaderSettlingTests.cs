using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Broker.Server.Tests.Handlers;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Server.Tests.Controller;

/// <summary>Broker 1 answers; brokers 2 and 3 are its peers, and 2 leads.</summary>
public sealed class LeaderSettlingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeCluster _cluster = new();
    private readonly HashSet<BrokerId> _sessions = [new(2), new(3)];
    private readonly List<BrokerId> _asked = [];
    private readonly LeaderSettling _settling;
    private readonly TopicImage _topic;
    private Func<BrokerId, Task> _answer = _ => Task.CompletedTask;

    public LeaderSettlingTests()
    {
        _settling = new LeaderSettling(new BrokerId(1), _sessions.Contains, SignOfLifeAsync, _time);
        _topic = _cluster.AddTopic("orders", 2);
        _cluster.Overlay(_topic, 0, leader: 2, epoch: 6);
        _cluster.Overlay(_topic, 1, leader: 2, epoch: 6);
    }

    [Fact]
    public async Task Leaders_that_answer_are_asked_once_and_nothing_is_waited_for()
    {
        _cluster.Overlay(_topic, 1, leader: 3, epoch: 6);
        await SettleAsync();
        Assert.Equal([new BrokerId(2), new BrokerId(3)], _asked);
    }

    [Fact]
    public async Task An_own_leadership_needs_nobody_else()
    {
        _cluster.Overlay(_topic, 0, leader: 1, epoch: 7);
        _cluster.Overlay(_topic, 1, leader: 1, epoch: 7);
        await SettleAsync();
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_leader_that_is_found_gone_by_the_question_is_replaced_before_the_answer()
    {
        _answer = Lose;
        Task settled = SettleAsync();
        Assert.False(settled.IsCompleted);

        _cluster.Kill(2);
        _settling.Changed();
        Assert.False(settled.IsCompleted);

        _cluster.Overlay(_topic, 0, leader: 3, epoch: 7);
        _settling.Changed();
        Assert.False(settled.IsCompleted);

        _cluster.Overlay(_topic, 1, leader: 1, epoch: 7);
        _settling.Changed();
        await settled.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Without_an_election_the_wait_ends_by_itself()
    {
        _answer = Lose;
        Task settled = SettleAsync();
        _time.Advance(LeaderSettling.Election - TimeSpan.FromMilliseconds(1));
        Assert.False(settled.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await settled.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_partition_that_lost_its_leader_long_ago_is_not_waited_for()
    {
        _settling.Lost();
        _cluster.Kill(2);
        _time.Advance(LeaderSettling.Recent);
        await SettleAsync();
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_client_that_went_away_waits_no_longer()
    {
        _answer = Lose;
        using var closed = new CancellationTokenSource();
        Task settled = _settling.SettleAsync(_cluster, [_topic], closed.Token).AsTask();
        Assert.False(settled.IsCompleted);
        await closed.CancelAsync();
        await settled.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private Task SettleAsync() =>
        _settling.SettleAsync(_cluster, [_topic], TestContext.Current.CancellationToken).AsTask();

    private Task SignOfLifeAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation)
    {
        Assert.Equal(LeaderSettling.Answer, patience);
        _asked.Add(broker);
        return _answer(broker);
    }

    private Task Lose(BrokerId broker)
    {
        _sessions.Remove(broker);
        _settling.Lost();
        return Task.CompletedTask;
    }
}
