using System.Net.Sockets;
using System.Text;
using Broker.Model;
using Xunit;

namespace Broker.Replication.Tests.Mesh;

public sealed class PeerMeshTests
{
    private static readonly PeerMethod Echo = new(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brokers_connect_both_ways_and_answer_calls()
    {
        await using var one = new MeshUnderTest(1);
        await using var two = new MeshUnderTest(2);
        two.Mesh.Handle(Echo, (_, body, _) => ValueTask.FromResult(body));
        await MeshUnderTest.Connect(one, two);

        PeerReply reply = await one.Mesh.CallAsync(two.Address.Broker, Echo, "hello"u8.ToArray(), Patience, Token);

        Assert.Equal(PeerCallStatus.Ok, reply.Status);
        Assert.Equal("hello", Encoding.UTF8.GetString(reply.Body.Span));
    }

    [Fact]
    public async Task A_call_ends_with_what_went_wrong()
    {
        await using var one = new MeshUnderTest(1);
        await using var two = new MeshUnderTest(2);
        var never = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        two.Mesh.Handle(new PeerMethod(2), (_, _, _) => throw new InvalidOperationException("handler"));
        two.Mesh.Handle(new PeerMethod(3), (_, _, _) => new ValueTask<ReadOnlyMemory<byte>>(never.Task));
        await MeshUnderTest.Connect(one, two);

        async Task<PeerCallStatus> Call(int broker, int method, TimeSpan timeout) =>
            (await one.Mesh.CallAsync(new BrokerId(broker), new PeerMethod(method), default, timeout, Token)).Status;

        Assert.Equal(PeerCallStatus.UnknownMethod, await Call(2, 1, Patience));
        Assert.Equal(PeerCallStatus.Failed, await Call(2, 2, Patience));
        Assert.Equal(PeerCallStatus.TimedOut, await Call(2, 3, TimeSpan.FromMilliseconds(20)));
        Assert.Equal(PeerCallStatus.Unavailable, await Call(9, 1, Patience));
        Task<PeerCallStatus> lost = Call(2, 3, Patience);
        await two.DisposeAsync();
        Assert.Equal(PeerCallStatus.Lost, await lost);
        never.SetResult(default);
    }

    [Fact]
    public async Task A_process_that_ends_is_reported_gone_and_one_that_returns_is_up_again()
    {
        await using var one = new MeshUnderTest(1);
        var two = new MeshUnderTest(2);
        await MeshUnderTest.Connect(one, two);
        string gone = $"gone 2 {two.Mesh.Self.Process}";

        await two.DisposeAsync();
        await Eventually.BecomesTrue(() => one.Observer.Events.Contains(gone));
        await using var again = new MeshUnderTest(2, bind: two.Address.Address);
        again.Mesh.SetPeers([one.Address]);

        await Eventually.BecomesTrue(() => one.HasSessionWith(again));
        Assert.Equal(["up 2", "down 2", gone, "up 2"], one.Observer.Events);
    }

    [Fact]
    public async Task A_copy_of_a_data_directory_is_refused_until_the_original_is_gone()
    {
        await using var one = new MeshUnderTest(1);
        var two = new MeshUnderTest(2);
        await MeshUnderTest.Connect(one, two);
        await using var copy = new MeshUnderTest(2, incarnation: two.Mesh.Self.Incarnation);

        var refused = await Assert.ThrowsAsync<PeerConnectionException>(() => DialAsync(copy, one));
        Assert.Contains("stop one of them", refused.Message, StringComparison.Ordinal);
        Assert.True(one.HasSessionWith(two));
        await two.DisposeAsync();
        await Eventually.BecomesTrue(() => !one.HasSessionWith(two));
        await DialAsync(copy, one);
    }

    private static async Task DialAsync(MeshUnderTest from, MeshUnderTest to)
    {
        (IPeerConnection connection, _) = await new PeerDialer(from.Mesh.Context)
            .DialAsync(to.Address.Broker, to.Address.Address, PeerLane.Main, Token);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_reset_with_a_successful_reconnect_changes_nothing()
    {
        await using var one = new MeshUnderTest(1);
        await using var two = new MeshUnderTest(2);
        await MeshUnderTest.Connect(one, two);

        // Two closes what one had dialled, and goes on listening.
        await two.Mesh.ResetIncomingAsync();

        await Eventually.BecomesTrue(() => one.Observer.Events.Count >= 3);
        Assert.Equal(["up 2", "down 2", "up 2"], one.Observer.Events);
    }

    [Fact]
    public async Task Another_cluster_is_refused()
    {
        await using var one = new MeshUnderTest(1);
        await using var other = new MeshUnderTest(2, ClusterId.New(new Random(5)));
        PeerConnectionException refusal = await Assert.ThrowsAsync<PeerConnectionException>(
            async () => await one.Mesh.OpenStreamAsync(other.Address.Address, Token));

        Assert.Equal(PeerConnectionError.Protocol, refusal.Error);
        Assert.Contains("belongs to cluster", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_broker_behind_an_address_is_refused()
    {
        await using var one = new MeshUnderTest(1);
        await using var three = new MeshUnderTest(3);
        await using var two = new MeshUnderTest(2);
        one.Mesh.SetPeers([new PeerAddress(new BrokerId(3), two.Address.Address)]);
        await MeshUnderTest.Connect(two, three);

        Assert.Null(one.Mesh.SessionWith(three.Address.Broker));
        Assert.Empty(one.Observer.Events);
    }

    [Fact]
    public async Task Before_the_cluster_is_founded_brokers_can_call_each_other()
    {
        await using var one = new MeshUnderTest(1, ClusterId.Empty);
        await using var two = new MeshUnderTest(2, ClusterId.Empty);
        two.Mesh.Handle(Echo, (caller, _, _) =>
            ValueTask.FromResult<ReadOnlyMemory<byte>>(new[] { caller.Cluster.IsEmpty ? (byte)1 : (byte)2 }));
        await MeshUnderTest.Connect(one, two);
        PeerReply before = await one.Mesh.CallAsync(two.Address.Broker, Echo, default, Patience, Token);

        one.Mesh.SetClusterId(MeshUnderTest.Cluster);
        PeerReply after = await one.Mesh.CallAsync(two.Address.Broker, Echo, default, Patience, Token);

        Assert.Equal(1, before.Body.Span[0]);
        Assert.Equal(2, after.Body.Span[0]);
    }

    [Fact]
    public async Task The_metadata_lane_is_a_raw_stream_both_ways()
    {
        await using var one = new MeshUnderTest(1);
        await using var two = new MeshUnderTest(2);
        var accepted = new TaskCompletionSource<Stream>();
        two.Mesh.AcceptStreams((_, stream) => accepted.SetResult(stream));

        (PeerIdentity peer, Stream mine) = await one.Mesh.OpenStreamAsync(two.Address.Address, Token);
        await using Stream theirs = await accepted.Task;
        await using (mine)
        {
            await theirs.WriteAsync("ping"u8.ToArray(), Token);
            await mine.WriteAsync("pong"u8.ToArray(), Token);
            Assert.Equal("ping", await Read(mine));
            Assert.Equal("pong", await Read(theirs));
        }

        Assert.Equal(two.Mesh.Self, peer);

        static async Task<string> Read(Stream stream)
        {
            byte[] bytes = new byte[4];
            await stream.ReadExactlyAsync(bytes, Token);
            return Encoding.UTF8.GetString(bytes);
        }
    }

    [Fact]
    public async Task Garbage_closes_the_connection_and_harms_nobody()
    {
        await using var one = new MeshUnderTest(1);
        await using var two = new MeshUnderTest(2);
        byte[][] garbages =
        [
            "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
            [0, 0, 0, 128, 1, 0, 0, 0],
            [8, 0, 0, 0, 1, 8, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        ];
        foreach (byte[] garbage in garbages)
        {
            using var client = new TcpClient(one.Address.Address.Host, one.Address.Address.Port);
            await client.GetStream().WriteAsync(garbage, Token);
            try
            {
                Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Token));
            }
            catch (IOException)
            {
                // Reset instead of closed: as good.
            }
        }

        await MeshUnderTest.Connect(one, two);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using var one = new MeshUnderTest(1);
        PeerConnectionException failure = Assert.Throws<PeerConnectionException>(
            () => new MeshUnderTest(2, bind: one.Address.Address));
        Assert.Contains(one.Address.Address.ToString(), failure.Message, StringComparison.Ordinal);
    }
}
