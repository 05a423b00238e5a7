using Broker.Model;
using Broker.Protocol.Messages;

namespace Broker.Protocol.Recorder;

/// <summary>
/// A cluster of one broker that believes everything and keeps batches in memory: enough for clients to send every kind
/// of request. No broker to learn from.
/// </summary>
internal sealed class OneBroker(HostAndPort address)
{
    private static readonly BrokerId Self = new(1);

    private readonly Lock _lock = new();
    private readonly Topics _topics = new();

    public void Answer(in RequestHeader header, ref ProtocolReader reader, ProtocolWriter writer)
    {
        if (!header.CanRead)
        {
            // Only ApiVersions has an answer that every client can read.
            if (header.ApiKey != ApiKey.ApiVersions)
                throw new ProtocolException($"{header.ApiKey} {header.ApiVersion} is not served");
            ApiVersionsResponse refusal = Versions();
            refusal.ErrorCode = ErrorCode.UnsupportedVersion;
            Frame.WriteResponse(writer, header.Api!, 0, header.CorrelationId, refusal);
            return;
        }

        IRequest request = header.Api!.NewRequest();
        request.Read(ref reader, header.ApiVersion);
        IResponse? response;
        lock (_lock)
        {
            response = Respond(request);
        }

        if (response is not null)
            Frame.WriteResponse(writer, header, response);
    }

    private IResponse? Respond(IRequest request) => request switch
    {
        ApiVersionsRequest => Versions(),
        MetadataRequest metadata => Describe(metadata),
        ProduceRequest produce => _topics.Append(produce),
        FetchRequest fetch => _topics.Read(fetch),
        ListOffsetsRequest offsets => _topics.List(offsets),
        CreateTopicsRequest create => _topics.Create(create),
        DeleteTopicsRequest delete => _topics.Delete(delete),
        CreatePartitionsRequest more => _topics.Grow(more),
        OffsetForLeaderEpochRequest epochs => _topics.EndOfEpochs(epochs),
        InitProducerIdRequest => new InitProducerIdResponse { ProducerId = new ProducerId(4000) },
        DescribeConfigsRequest configs => Configs(configs),
        DescribeClusterRequest => Cluster(),
        FindCoordinatorRequest find => NoCoordinator(find),
        DescribeTopicPartitionsRequest => new DescribeTopicPartitionsResponse(),
        _ => throw new ProtocolException($"no answer to {request.ApiKey}"),
    };

    private static ApiVersionsResponse Versions()
    {
        var response = new ApiVersionsResponse();
        foreach (ApiDescription api in ApiCatalogue.All)
        {
            response.ApiKeys.Add(new ApiVersionsResponse.ApiVersion
            {
                ApiKey = (short)api.Key,
                MinVersion = api.MinVersion,
                MaxVersion = api.MaxVersion,
            });
        }

        return response;
    }

    private MetadataResponse Describe(MetadataRequest request)
    {
        var response = new MetadataResponse { ClusterId = "recorder", ControllerId = Self };
        response.Brokers.Add(new() { NodeId = Self, Host = address.Host, Port = address.Port });
        IEnumerable<string> names = request.Topics is { Count: > 0 } asked
            ? asked.Select(topic => topic.Name ?? _topics.NameOf(topic.TopicId))
            : _topics.Names;
        foreach (string name in names.ToList())
            _topics.Describe(name, Self, response.Topics.Add());
        return response;
    }

    private static DescribeConfigsResponse Configs(DescribeConfigsRequest request)
    {
        var response = new DescribeConfigsResponse();
        foreach (DescribeConfigsRequest.DescribeConfigsResource resource in request.Resources)
        {
            DescribeConfigsResponse.DescribeConfigsResult result = response.Results.Add();
            (result.ResourceType, result.ResourceName) = (resource.ResourceType, resource.ResourceName);
            result.Configs.Add(new() { Name = "retention.ms", Value = "604800000", ConfigSource = 5 });
        }

        return response;
    }

    private static FindCoordinatorResponse NoCoordinator(FindCoordinatorRequest request)
    {
        var response = new FindCoordinatorResponse();
        if (request.CoordinatorKeys.Count == 0)
            response.ErrorCode = ErrorCode.CoordinatorNotAvailable;
        foreach (string key in request.CoordinatorKeys)
            response.Coordinators.Add(new() { Key = key, ErrorCode = ErrorCode.CoordinatorNotAvailable });
        return response;
    }

    private DescribeClusterResponse Cluster()
    {
        var response = new DescribeClusterResponse { ClusterId = "recorder", ControllerId = Self };
        response.Brokers.Add(new() { BrokerId = Self, Host = address.Host, Port = address.Port });
        return response;
    }
}
