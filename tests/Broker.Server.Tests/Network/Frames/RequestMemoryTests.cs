using Broker.Server.Network;
using Broker.Server.Network.Frames;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Server.Tests.Network.Frames;

public sealed class RequestMemoryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Deadlines _deadlines;
    private readonly RequestMemory _memory;
    private readonly List<string> _evicted = [];

    public RequestMemoryTests()
    {
        _deadlines = new Deadlines(_time);
        _memory = new RequestMemory(1000, _deadlines);
    }

    public void Dispose() => _deadlines.Dispose();

    [Fact]
    public async Task Whoever_comes_when_it_is_used_up_waits_until_some_is_given_back()
    {
        RequestAccount first = Account("first");
        RequestAccount second = Account("second");
        Assert.True(await first.TakeAsync(900));
        Task<bool> waiting = second.TakeAsync(200).AsTask();
        Assert.False(waiting.IsCompleted);
        first.Give(900);
        Assert.True(await waiting);
        Assert.Equal(200, _memory.Used);
    }

    [Fact]
    public async Task A_quarter_is_kept_for_those_who_hold_nothing()
    {
        RequestAccount greedy = Account("greedy");
        Assert.True(await greedy.TakeAsync(700));
        Task<bool> more = greedy.TakeAsync(100).AsTask();
        Assert.False(more.IsCompleted);
        Assert.True(await Account("newcomer").TakeAsync(250));
        Assert.False(more.IsCompleted);
        greedy.Give(700);
        Assert.True(await more);
    }

    [Fact]
    public async Task Whoever_holds_nothing_is_served_before_whoever_holds_something()
    {
        RequestAccount holder = Account("holder");
        RequestAccount other = Account("other");
        Assert.True(await holder.TakeAsync(100));
        Assert.True(await other.TakeAsync(800));
        Task<bool> again = holder.TakeAsync(400).AsTask();
        Task<bool> newcomer = Account("newcomer").TakeAsync(600).AsTask();
        other.Give(800);
        Assert.True(await newcomer);
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task A_closed_connection_waits_no_longer_and_lets_the_next_pass()
    {
        RequestAccount first = Account("first");
        RequestAccount closed = Account("closed");
        Assert.True(await first.TakeAsync(500));
        Task<bool> waiting = closed.TakeAsync(900).AsTask();
        Task<bool> behind = Account("behind").TakeAsync(300).AsTask();
        Assert.False(behind.IsCompleted);
        closed.Close();
        Assert.False(await waiting);
        Assert.True(await behind);
    }

    [Fact]
    public async Task Half_sent_frames_are_given_up_while_others_wait_and_only_then()
    {
        RequestAccount stalled = Account("stalled");
        RequestAccount complete = Account("complete");
        Assert.True(await stalled.TakeAsync(600));
        Assert.True(await complete.TakeAsync(300));
        complete.FrameComplete();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(_evicted);

        Task<bool> waiting = Account("waiting").TakeAsync(500).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(["stalled"], _evicted);
        stalled.Give(600);
        Assert.True(await waiting);
    }

    private RequestAccount Account(string name) => new(_memory, () => _evicted.Add(name));
}
