using System.Buffers;
using Broker.Model;
using Broker.Storage;
using Xunit;

namespace Broker.Replication.Tests.Network;

public sealed class TcpPeerConnectionTests
{
    private const int Limit = 32 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Frames_of_all_sizes_arrive_whole_and_in_order(int seed)
    {
        (IPeerConnection sender, IPeerConnection receiver) = await ConnectAsync();
        var random = new Random(seed);
        var sent = Enumerable.Range(0, 200).Select(_ => RandomFrame(random)).ToList();
        Task sending = Task.Run(
            async () =>
            {
                foreach (PeerFrame[] batch in sent.Chunk(7))
                    await sender.SendAsync(batch, Token);
            },
            Token);

        foreach (PeerFrame frame in sent)
        {
            ReceivedFrame received = (await receiver.ReceiveAsync(Limit, Token))!.Value;
            Assert.Equal(frame.Kind, received.Kind);
            Assert.True(received.Header.Span.SequenceEqual(frame.Head.Span[PeerFrame.PrefixSize..]));
            Assert.True(received.Payload.Span.SequenceEqual(Join(frame.Payload)));
            received.Release();
        }

        await sending;
        await sender.DisposeAsync();
        Assert.Null(await receiver.ReceiveAsync(Limit, Token));
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_frame_beyond_the_limit_is_refused()
    {
        (IPeerConnection sender, IPeerConnection receiver) = await ConnectAsync();
        PeerFrame frame = new PeerFrame().Begin(PeerFrameKind.Entries);
        frame.AddPayload(new byte[1000]);
        await sender.SendAsync([frame.Seal()], Token);

        PeerConnectionException failure = await Assert.ThrowsAsync<PeerConnectionException>(
            async () => await receiver.ReceiveAsync(999, Token));

        Assert.Equal(PeerConnectionError.Protocol, failure.Error);
        await sender.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_listening_is_told_from_no_answer()
    {
        await using IPeerListener listener = new TcpPeerNetwork().Listen(new HostAndPort("127.0.0.1", 0));
        await listener.DisposeAsync();

        PeerConnectionException failure = await Assert.ThrowsAsync<PeerConnectionException>(
            async () => await new TcpPeerNetwork().ConnectAsync(listener.Address, Token));

        Assert.Equal(PeerConnectionError.Refused, failure.Error);
    }

    private static async Task<(IPeerConnection Dialled, IPeerConnection Accepted)> ConnectAsync()
    {
        var network = new TcpPeerNetwork();
        await using IPeerListener listener = network.Listen(new HostAndPort("127.0.0.1", 0));
        IPeerConnection dialled = await network.ConnectAsync(listener.Address, Token);
        return (dialled, (await listener.AcceptAsync(Token))!);
    }

    private static PeerFrame RandomFrame(Random random)
    {
        PeerFrame frame = new PeerFrame().Begin((PeerFrameKind)random.Next(1, 10));
        frame.Write(Bytes(random.Next(300)));
        for (int i = random.Next(4); i > 0; i--)
        {
            byte[] slice = Bytes(random.Next(3) == 0 ? random.Next(1 << 20) : random.Next(1 << 10));
            SharedBuffer buffer = SharedBuffer.Rent(slice.Length);
            slice.CopyTo(buffer.Span);
            frame.AddPayload(buffer.Memory);
            frame.Hold(buffer);
            buffer.Release();
        }

        return frame.Seal();

        byte[] Bytes(int length)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    private static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> slices) =>
        [.. slices.SelectMany(slice => slice.ToArray())];
}
