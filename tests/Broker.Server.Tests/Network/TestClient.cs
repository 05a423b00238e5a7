using System.Buffers.Binary;
using System.Net.Sockets;
using Broker.Model;
using Xunit;

namespace Broker.Server.Tests.Network;

/// <summary>A client on a real socket that sends whatever bytes a test wants.</summary>
internal sealed class TestClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client = new();

    private NetworkStream? _stream;

    private NetworkStream Stream => _stream ??= _client.GetStream();

    public static async Task<TestClient> ConnectAsync(HostAndPort address)
    {
        var client = new TestClient();
        await client._client.ConnectAsync(address.Host, address.Port);
        return client;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes);

    public Task SendAsync(short key, int correlation, int number = 0, int padding = 0) =>
        SendAsync(Requests.Of(key, correlation, number, padding));

    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The next response's frame without its length.</summary>
    public async Task<byte[]> ReadFrameAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        byte[] length = new byte[4];
        await Stream.ReadExactlyAsync(length, deadline.Token);
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await Stream.ReadExactlyAsync(body, deadline.Token);
        return body;
    }

    /// <summary>The next response of a <see cref="ScriptedDispatcher"/>.</summary>
    public async Task<(int Correlation, int Size)> ReadAsync()
    {
        byte[] body = await ReadFrameAsync();
        Assert.Equal(body.Length - 8, BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(4)));
        return (BinaryPrimitives.ReadInt32BigEndian(body), body.Length - 8);
    }

    public async Task<bool> IsClosedAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            return await Stream.ReadAsync(new byte[1], deadline.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => _client.Dispose();
}
