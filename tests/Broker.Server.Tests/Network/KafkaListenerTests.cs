using Broker.Model;
using Broker.Server.Configuration;
using Broker.Server.Network;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Broker.Server.Tests.Network;

public sealed class KafkaListenerTests : IAsyncLifetime
{
    private readonly ScriptedDispatcher _dispatcher = new();
    private readonly Deadlines _deadlines = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TestClient> _clients = [];
    private KafkaListener? _listener;
    private Task _running = Task.CompletedTask;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _stop.CancelAsync();
        await _running;
        _listener?.Dispose();
        _deadlines.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order_in_whatever_pieces_they_come()
    {
        Start();
        TestClient client = await ConnectAsync();
        byte[] all = [.. Enumerable.Range(0, 50).SelectMany(
            i => Requests.Of(ScriptedDispatcher.Sized, i, i * 100, padding: i * 997))];
        for (int at = 0; at < all.Length; at += 1777)
            await client.SendAsync(all.AsMemory(at, Math.Min(1777, all.Length - at)));

        for (int i = 0; i < 50; i++)
            Assert.Equal((i, i * 100), await client.ReadAsync());
    }

    [Fact]
    public async Task A_large_request_and_a_large_response_pass()
    {
        Start();
        TestClient client = await ConnectAsync();
        await client.SendAsync(ScriptedDispatcher.Sized, 7, 5_000_000, padding: 3_000_000);
        Assert.Equal((7, 5_000_000), await client.ReadAsync());
    }

    [Theory]
    [InlineData("a length of two gibibytes", new byte[] { 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("a negative length", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("no room for a header", new byte[] { 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("an unknown API", new byte[] { 0, 0, 0, 8, 0x03, 0xE8, 0, 0, 0, 0, 0, 1 })]
    [InlineData("HTTP", new byte[] { 0x47, 0x45, 0x54, 0x20, 0x2F, 0x20, 0x48, 0x54, 0x54, 0x50, 0x2F, 0x31 })]
    public async Task Garbage_closes_its_connection_and_no_other(string what, byte[] bytes)
    {
        Start();
        TestClient sane = await ConnectAsync();
        TestClient client = await ConnectAsync();
        await client.SendAsync(bytes);
        Assert.True(await client.IsClosedAsync(), what);
        await sane.SendAsync(ScriptedDispatcher.Sized, 1);
        Assert.Equal((1, 0), await sane.ReadAsync());
    }

    [Fact]
    public async Task A_frame_that_ends_half_way_is_dropped_with_its_memory()
    {
        ClientResources resources = Start();
        TestClient client = await ConnectAsync();
        byte[] half = Requests.Of(ScriptedDispatcher.Sized, 1, padding: 100_000);
        await client.SendAsync(half.AsMemory(0, 50_000));
        await Eventually.HoldsAsync(() => resources.RequestMemory.Used > 0);
        client.EndSending();
        Assert.True(await client.IsClosedAsync());
        await Eventually.HoldsAsync(() => resources.RequestMemory.Used == 0);
    }

    [Fact]
    public async Task What_was_asked_before_the_client_ended_its_side_is_answered()
    {
        Start();
        TestClient client = await ConnectAsync();
        await client.SendAsync(ScriptedDispatcher.Overlapping, 9);
        client.EndSending();
        _dispatcher.Finish(9);
        Assert.Equal((9, 0), await client.ReadAsync());
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Requests_wait_while_the_memory_for_them_is_used_up_and_go_on_afterwards()
    {
        ClientResources resources = Start(
            "--socket.request.max.bytes=1048576", "--message.max.bytes=1000000", "--queued.max.request.bytes=1048576");
        TestClient[] clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConnectAsync()));
        for (int i = 0; i < clients.Length; i++)
            await clients[i].SendAsync(ScriptedDispatcher.Overlapping, i, padding: 500_000);

        await Eventually.HoldsAsync(() => _dispatcher.Begun.Count == 2);
        Assert.True(resources.RequestMemory.Used <= 1048576);
        foreach (int i in Enumerable.Range(0, clients.Length))
            _dispatcher.Finish(i);

        for (int i = 0; i < clients.Length; i++)
            Assert.Equal((i, 0), await clients[i].ReadAsync());

        await Eventually.HoldsAsync(() => resources.RequestMemory.Used == 0);
    }

    [Fact]
    public async Task A_client_that_takes_no_responses_is_cut_off_and_costs_nobody_else()
    {
        ClientResources resources = Start("--connection.stall.timeout.ms=200", "--connection.max.response.bytes=65536");
        TestClient slow = await ConnectAsync();
        for (int i = 0; i < 20; i++)
            await slow.SendAsync(ScriptedDispatcher.Sized, i, 4_000_000);

        TestClient other = await ConnectAsync();
        await other.SendAsync(ScriptedDispatcher.Sized, 1, 100);
        Assert.Equal((1, 100), await other.ReadAsync());
        Assert.True(_dispatcher.Begun.Count < 10);
        await Eventually.HoldsAsync(() => resources.Counts.Total == 1);
    }

    [Fact]
    public async Task An_idle_client_is_closed_and_a_waiting_one_is_not()
    {
        Start("--connections.max.idle.ms=300");
        TestClient waiting = await ConnectAsync();
        await waiting.SendAsync(ScriptedDispatcher.Overlapping, 5);
        TestClient idle = await ConnectAsync();
        Assert.True(await idle.IsClosedAsync());
        _dispatcher.Finish(5);
        Assert.Equal((5, 0), await waiting.ReadAsync());
    }

    [Theory]
    [InlineData("--max.connections=2")]
    [InlineData("--max.connections.per.ip=2")]
    public async Task One_connection_too_many_is_closed_and_there_is_room_again_when_another_ends(string limit)
    {
        ClientResources resources = Start(limit);
        TestClient first = await ConnectAsync();
        await ConnectAsync();
        await Eventually.HoldsAsync(() => resources.Counts.Total == 2);
        Assert.True(await (await ConnectAsync()).IsClosedAsync());
        first.Dispose();
        await Eventually.HoldsAsync(() => resources.Counts.Total == 1);
        TestClient next = await ConnectAsync();
        await next.SendAsync(ScriptedDispatcher.Sized, 1);
        Assert.Equal((1, 0), await next.ReadAsync());
    }

    [Fact]
    public async Task Stopping_answers_what_has_begun()
    {
        Start();
        TestClient client = await ConnectAsync();
        await client.SendAsync(ScriptedDispatcher.Overlapping, 3);
        await Eventually.HoldsAsync(() => _dispatcher.Begun.Count == 1);
        await _stop.CancelAsync();
        _dispatcher.Finish(3);
        Assert.Equal((3, 0), await client.ReadAsync());
        await _running;
    }

    [Fact]
    public void An_address_in_use_is_named()
    {
        Start();
        ListenerException refused = Assert.Throws<ListenerException>(
            () => SocketListener.Listen("client", _listener!.BoundAddress));
        Assert.Contains(_listener!.BoundAddress.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains("AddressAlreadyInUse", refused.Message, StringComparison.Ordinal);
    }

    private ClientResources Start(params string[] arguments)
    {
        BrokerOptions options = TestOptions.With(arguments);
        var resources = new ClientResources(
            options, _dispatcher, TimeProvider.System, _deadlines, NullLogger.Instance);
        SocketListener socket = SocketListener.Listen("client", new HostAndPort("127.0.0.1", 0));
        _listener = new KafkaListener("client", socket, resources);
        _running = _listener.RunAsync(TimeSpan.FromSeconds(5), _stop.Token);
        return resources;
    }

    private async Task<TestClient> ConnectAsync()
    {
        TestClient client = await TestClient.ConnectAsync(_listener!.BoundAddress);
        _clients.Add(client);
        return client;
    }
}
