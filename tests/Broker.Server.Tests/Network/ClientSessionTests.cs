using System.Buffers.Binary;
using Broker.Server.Network;
using Broker.Server.Network.Frames;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Broker.Server.Tests.Network;

public sealed class ClientSessionTests : IDisposable
{
    private readonly ScriptedDispatcher _dispatcher = new();
    private readonly ClientSession _session;

    public ClientSessionTests() => _session = new ClientSession(
        _dispatcher, new ClientIdentity("client", "test"), new SessionLimits(4, 1000), NullLogger.Instance);

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Responses_come_in_the_order_of_requests_whatever_finishes_first()
    {
        await BeginAsync(ScriptedDispatcher.Overlapping, 1);
        await BeginAsync(ScriptedDispatcher.Overlapping, 2);
        await BeginAsync(ScriptedDispatcher.Sized, 3);
        _dispatcher.Finish(2);
        Assert.False(_session.TryNext(out _));
        _dispatcher.Finish(1);
        Assert.Equal(new List<int> { 1, 2, 3 }, await NextAsync(3));
    }

    [Fact]
    public async Task To_be_cut_off_when_it_has_just_ended_changes_nothing()
    {
        _session.Dispose();
        _session.End();
        Assert.Null(await _session.NextAsync());
    }

    [Fact]
    public async Task A_request_that_does_not_overlap_is_finished_before_the_next_begins()
    {
        ValueTask begun = Begin(ScriptedDispatcher.Serial, 1);
        Assert.False(begun.IsCompleted);
        _dispatcher.Finish(1);
        await begun;
        Assert.Equal(new List<int> { 1 }, await NextAsync(1));
    }

    [Fact]
    public async Task A_request_without_a_response_takes_no_place_among_them()
    {
        await BeginAsync(ScriptedDispatcher.Silent, 1);
        await BeginAsync(ScriptedDispatcher.Sized, 2);
        Assert.Equal(new List<int> { 2 }, await NextAsync(1));
        await BeginAsync(ScriptedDispatcher.Silent, 3);
        await BeginAsync(ScriptedDispatcher.Sized, 4);
        Assert.Equal(new List<int> { 4 }, await NextAsync(1));
        Assert.True(_session.IsIdle);
    }

    [Fact]
    public async Task No_more_requests_begin_than_may_be_in_flight()
    {
        for (int i = 1; i <= 3; i++)
            await BeginAsync(ScriptedDispatcher.Overlapping, i);

        ValueTask fourth = Begin(ScriptedDispatcher.Overlapping, 4);
        Assert.False(fourth.IsCompleted);
        _dispatcher.Finish(1);
        Assert.Equal(new List<int> { 1 }, await NextAsync(1));
        await fourth;
    }

    [Fact]
    public async Task Finished_responses_behind_a_slow_one_stop_further_requests()
    {
        await BeginAsync(ScriptedDispatcher.Overlapping, 1);
        ValueTask large = Begin(ScriptedDispatcher.Sized, 2, 2000);
        Assert.False(large.IsCompleted);
        _dispatcher.Finish(1);
        Assert.Equal(new List<int> { 1, 2 }, await NextAsync(2));
        await large;
    }

    [Fact]
    public async Task A_request_that_fails_ends_the_connection_after_the_responses_before_it()
    {
        await BeginAsync(ScriptedDispatcher.Sized, 1);
        await BeginAsync(ScriptedDispatcher.Failing, 2);
        Assert.Equal(new List<int> { 1 }, await NextAsync(1));
        Assert.False(_session.TryNext(out _));
        await Assert.ThrowsAsync<ClientLostException>(async () => await _session.NextAsync());
    }

    [Fact]
    public async Task What_has_begun_is_still_answered_after_the_end()
    {
        await BeginAsync(ScriptedDispatcher.Overlapping, 1);
        _session.End();
        Assert.True(_session.Closed.IsCancellationRequested);
        Task<List<int>> rest = NextAsync(1);
        Assert.False(rest.IsCompleted);
        _dispatcher.Finish(1);
        Assert.Equal(new List<int> { 1 }, await rest);
        Assert.Null(await _session.NextAsync());
    }

    private async Task BeginAsync(short key, int correlation) => await Begin(key, correlation);

    private ValueTask Begin(short key, int correlation, int number = 0) =>
        _session.BeginAsync(RequestFrame.Of(Requests.Of(key, correlation, number).AsSpan(4)));

    private async Task<List<int>> NextAsync(int count)
    {
        var correlations = new List<int>();
        for (int i = 0; i < count; i++)
        {
            ResponseFrame? response = await _session.NextAsync();
            correlations.Add(BinaryPrimitives.ReadInt32BigEndian(response!.Writer.ToArray().AsSpan(4)));
            _session.Sent(response);
        }

        return correlations;
    }
}
