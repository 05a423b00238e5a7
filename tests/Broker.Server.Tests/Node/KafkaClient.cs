using Broker.Model;
using Broker.Protocol;
using Broker.Server.Tests.Network;
using Xunit;

namespace Broker.Server.Tests.Node;

/// <summary>One connection of a Kafka client: requests may be sent before earlier ones are answered.</summary>
internal sealed class KafkaClient : IDisposable
{
    private readonly TestClient _connection;
    private int _sent;
    private int _read;

    private KafkaClient(TestClient connection) => _connection = connection;

    public static async Task<KafkaClient> ConnectAsync(HostAndPort address) =>
        new(await TestClient.ConnectAsync(address));

    public async Task<TResponse> AskAsync<TResponse>(IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new()
    {
        await SendAsync(request, version);
        return await ReadAsync<TResponse>(request.ApiKey, version);
    }

    public Task SendAsync(IRequest request, short version)
    {
        using var writer = new ProtocolWriter();
        Frame.WriteRequest(writer, RequestHeader.For(request.ApiKey, version, _sent++, "test"), request);
        return _connection.SendAsync(writer.ToArray());
    }

    /// <summary>The next response; they come in the order of the requests.</summary>
    /// <exception cref="IOException">The connection was closed before it.</exception>
    public async Task<TResponse> ReadAsync<TResponse>(ApiKey api, short version)
        where TResponse : class, IResponse, new()
    {
        byte[] frame = await _connection.ReadFrameAsync();
        return Parse<TResponse>(frame, api, version, _read++);
    }

    public void Dispose() => _connection.Dispose();

    private static TResponse Parse<TResponse>(byte[] frame, ApiKey api, short version, int correlation)
        where TResponse : class, IResponse, new()
    {
        var reader = new ProtocolReader(frame);
        Assert.Equal(correlation, ResponseHeader.Read(ref reader, ApiCatalogue.Of(api), version));
        var response = new TResponse();
        response.Read(ref reader, version);
        return response;
    }
}
