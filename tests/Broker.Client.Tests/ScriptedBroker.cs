using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Tests;

/// <summary>
/// The only broker of a cluster, on a free port, number 1: it coordinates all groups and leads what it is said to. What
/// else it answers, the test says for each API.
/// </summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    public static readonly BrokerId Id = new(1);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<ApiKey, Func<IRequest, IResponse>> _answers = [];
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;

    public ScriptedBroker()
    {
        _listener.Start();
        Address = new HostAndPort("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        On<ApiVersionsRequest>(ApiKey.ApiVersions, _ => Versions());
        On<MetadataRequest>(ApiKey.Metadata, Metadata);
        On<DescribeClusterRequest>(ApiKey.DescribeCluster, _ => Cluster());
        On<FindCoordinatorRequest>(ApiKey.FindCoordinator, FoundHere);
        _accepting = AcceptAsync();
    }

    public HostAndPort Address { get; }

    /// <summary>The topics of which it leads all partitions, and how many there are of each.</summary>
    public Dictionary<string, int> Topics { get; } = new(StringComparer.Ordinal);

    /// <param name="answer">Called by one connection at a time.</param>
    public void On<TRequest>(ApiKey api, Func<TRequest, IResponse> answer)
        where TRequest : IRequest => _answers[api] = request => answer((TRequest)request);

    public Task<BrokerClient> ConnectAsync(CancellationToken token) =>
        BrokerClient.ConnectAsync(new ClientOptions { BootstrapServers = [Address] }, token);

    public FindCoordinatorResponse FoundHere(FindCoordinatorRequest request)
    {
        var response = new FindCoordinatorResponse();
        foreach (string group in request.CoordinatorKeys)
        {
            FindCoordinatorResponse.Coordinator found = response.Coordinators.Add();
            (found.Key, found.NodeId) = (group, Id);
            (found.Host, found.Port) = (Address.Host, Address.Port);
        }

        return response;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient connection = client;
        try
        {
            NetworkStream stream = connection.GetStream();
            byte[] length = new byte[4];
            while (true)
            {
                await stream.ReadExactlyAsync(length, _end.Token);
                byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                await stream.ReadExactlyAsync(frame, _end.Token);
                await stream.WriteAsync(Answer(frame), _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone, or the test is over.
        }
    }

    private byte[] Answer(byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        RequestHeader header = RequestHeader.Read(ref reader);
        IRequest request = header.Api!.NewRequest();
        request.Read(ref reader, header.ApiVersion);
        using var writer = new ProtocolWriter();
        Frame.WriteResponse(writer, header, _answers[header.ApiKey](request));
        return writer.ToArray();
    }

    private static ApiVersionsResponse Versions()
    {
        var response = new ApiVersionsResponse();
        foreach (ApiDescription api in ApiCatalogue.All)
        {
            ApiVersionsResponse.ApiVersion served = response.ApiKeys.Add();
            (served.ApiKey, served.MinVersion, served.MaxVersion) = ((short)api.Key, api.MinVersion, api.MaxVersion);
        }

        return response;
    }

    private MetadataResponse Metadata(MetadataRequest request)
    {
        var response = new MetadataResponse { ControllerId = Id };
        MetadataResponse.MetadataResponseBroker broker = response.Brokers.Add();
        (broker.NodeId, broker.Host, broker.Port) = (Id, Address.Host, Address.Port);
        foreach (MetadataRequest.MetadataRequestTopic asked in request.Topics ?? [])
        {
            MetadataResponse.MetadataResponseTopic topic = response.Topics.Add();
            topic.Name = asked.Name;
            if (!Topics.TryGetValue(asked.Name ?? "", out int partitions))
                topic.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            for (int index = 0; index < partitions; index++)
            {
                MetadataResponse.MetadataResponsePartition partition = topic.Partitions.Add();
                (partition.PartitionIndex, partition.LeaderId) = (index, Id);
            }
        }

        return response;
    }

    private DescribeClusterResponse Cluster()
    {
        var response = new DescribeClusterResponse { ClusterId = "scripted", ControllerId = Id };
        DescribeClusterResponse.DescribeClusterBroker broker = response.Brokers.Add();
        (broker.BrokerId, broker.Host, broker.Port) = (Id, Address.Host, Address.Port);
        return response;
    }
}
