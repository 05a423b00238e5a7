using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Broker.Model;

namespace Broker.Protocol.Recorder;

/// <summary>Takes connections, keeps what clients send, and answers well enough for them to go on.</summary>
internal sealed class RecordingServer(Recording recording) : IDisposable
{
    private const int LargestFrame = 64 << 20;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Start()
    {
        _listener.Start();
        _ = AcceptAsync(new OneBroker(new HostAndPort("127.0.0.1", Port)));
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(OneBroker broker)
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(), broker);
    }

    private async Task ServeAsync(TcpClient client, OneBroker broker)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            using var writer = new ProtocolWriter();
            try
            {
                while (await ReadFrameAsync(stream) is { } frame)
                {
                    writer.Reset();
                    Answer(frame, broker, writer);
                    await stream.WriteAsync(writer.ToArray());
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Clients leave as they like.
            }
            catch (ProtocolException e)
            {
                Console.Error.WriteLine($"refused: {e.Message}");
            }
        }
    }

    private void Answer(byte[] frame, OneBroker broker, ProtocolWriter writer)
    {
        var reader = new ProtocolReader(frame);
        RequestHeader header = RequestHeader.Read(ref reader);
        if (header.CanRead)
            recording.Keep(header, frame);
        else
            Console.Error.WriteLine($"{header.ApiKey} {header.ApiVersion} is not known here");
        broker.Answer(header, ref reader, writer);
    }

    private static async Task<byte[]?> ReadFrameAsync(NetworkStream stream)
    {
        var length = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false) < length.Length)
            return null;
        int size = BinaryPrimitives.ReadInt32BigEndian(length);
        if (size is < 0 or > LargestFrame)
            throw new ProtocolException($"a frame of {size} bytes");
        var frame = new byte[size];
        await stream.ReadExactlyAsync(frame);
        return frame;
    }
}
