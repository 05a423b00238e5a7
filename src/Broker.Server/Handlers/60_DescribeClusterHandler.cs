using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;

namespace Broker.Server.Handlers;

/// <summary>
/// DescribeCluster, versions 0 to 1. The controller's endpoints cannot be asked for: clients reach the metadata
/// leader through
/// any broker.
/// </summary>
internal sealed class DescribeClusterHandler(HandlerServices services)
    : MessageHandler<DescribeClusterRequest, DescribeClusterResponse>(ApiKey.DescribeCluster, services)
{
    private const sbyte Brokers = 1;

    protected override ValueTask<bool> AnswerAsync(
        Exchange<DescribeClusterRequest, DescribeClusterResponse> exchange, RequestContext context)
    {
        (DescribeClusterRequest request, DescribeClusterResponse response) = (exchange.Request, exchange.Response);
        IClusterView cluster = Services.Cluster;
        response.EndpointType = request.EndpointType;
        response.ClusterId = cluster.Image.ClusterId.ToString();
        if (request.EndpointType != Brokers)
        {
            response.ErrorCode = ErrorCode.UnsupportedEndpointType;
            response.ErrorMessage = "Only the brokers' endpoints can be described.";
            return ValueTask.FromResult(true);
        }

        response.ControllerId = cluster.Controller;
        if (request.IncludeClusterAuthorizedOperations)
            response.ClusterAuthorizedOperations = AuthorizedOperations.OfCluster;

        foreach ((BrokerRegistration broker, HostAndPort address) in BrokerAddresses.Alive(cluster, context.Listener))
        {
            DescribeClusterResponse.DescribeClusterBroker entry = response.Brokers.Add();
            entry.BrokerId = broker.Id;
            entry.Host = address.Host;
            entry.Port = address.Port;
            entry.Rack = broker.Rack;
        }

        return ValueTask.FromResult(true);
    }
}
