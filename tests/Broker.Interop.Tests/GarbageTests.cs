using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>Bytes that are no request cost their sender the connection, and nobody else anything.</summary>
public sealed class GarbageTests(SharedCluster cluster)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Kinds => new(Frames().Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task It_is_answered_by_closing_the_connection(string kind)
    {
        BrokerProcess broker = cluster.Running.Broker(1);
        using var client = new TcpClient();
        string[] address = broker.Client.Split(':');
        await client.ConnectAsync(address[0], int.Parse(address[1]), TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();

        await stream.WriteAsync(Frames()[kind], TestContext.Current.CancellationToken);

        Assert.Equal(0, await ReadToEndAsync(stream));
        Assert.True(broker.IsRunning);
        Assert.NotNull(await new Kcat(broker.Client).ListAsync());
    }

    private static Dictionary<string, byte[]> Frames() => new()
    {
        ["text of another protocol"] = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: broker\r\n\r\n"),
        ["a length of 2 GiB"] = Frame(int.MaxValue, []),
        ["a negative length"] = Frame(-5, [1, 2, 3]),
        ["a frame without a header"] = Frame(1, [7]),
        ["an unknown API"] = Request(api: 9999, version: 0),
        ["an unknown version"] = Request(api: 1, version: 999),
        ["a body that ends too early"] = Request(api: 3, version: 1),
        ["an array longer than its frame"] = Request(api: 3, version: 1, 0x7f, 0xff, 0xff, 0xff),
    };

    // Header version 1: API, version, correlation id, client id (null).
    private static byte[] Request(short api, short version, params byte[] body)
    {
        var content = new byte[10];
        BinaryPrimitives.WriteInt16BigEndian(content, api);
        BinaryPrimitives.WriteInt16BigEndian(content.AsSpan(2), version);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4), 1);
        BinaryPrimitives.WriteInt16BigEndian(content.AsSpan(8), -1);
        return Frame(content.Length + body.Length, [.. content, .. body]);
    }

    private static byte[] Frame(int length, byte[] content)
    {
        var frame = new byte[4 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        content.CopyTo(frame, 4);
        return frame;
    }

    /// <summary>How many bytes came before the broker closed the connection.</summary>
    private static async Task<int> ReadToEndAsync(NetworkStream stream)
    {
        using var deadline = new CancellationTokenSource(Limit);
        var into = new byte[4096];
        int total = 0;
        try
        {
            int count;
            while ((count = await stream.ReadAsync(into, deadline.Token)) > 0)
            {
                total += count;
            }
        }
        catch (IOException)
        {
            // Reset instead of closed in order: the broker had not read all of it.
        }

        return total;
    }
}
