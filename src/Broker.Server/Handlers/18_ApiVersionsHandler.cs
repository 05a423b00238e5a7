using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Network.Frames;

namespace Broker.Server.Handlers;

/// <summary>
/// ApiVersions, versions 0 to 4. A request of another version is answered in version 0 with UNSUPPORTED_VERSION and the
/// versions of this API (KIP-511). Lists the APIs that have a handler, each with all the versions that it serves, and
/// the feature levels (KIP-584): what this broker supports, and where the cluster is.
/// </summary>
internal sealed class ApiVersionsHandler : ApiHandler
{
    private readonly HandlerServices _services;
    private readonly IReadOnlyList<ApiDescription> _apis;

    public ApiVersionsHandler(HandlerServices services, IReadOnlyList<ApiHandler> others)
        : base(ApiKey.ApiVersions)
    {
        _services = services;
        _apis = [.. others.Select(handler => handler.Api).Append(Api).OrderBy(api => api.Key)];
    }

    public override ValueTask<ResponseFrame?> HandleAsync(RequestContext context)
    {
        short version = context.Version;
        try
        {
            if (Api.CanRead(version))
                Check(context);
        }
        finally
        {
            context.Frame.Release();
        }

        var answer = new ApiVersionsResponse();
        if (Api.CanRead(version))
        {
            Fill(answer, _apis);
            FillFeatures(answer, _services.Cluster.Image);
        }
        else
        {
            answer.ErrorCode = ErrorCode.UnsupportedVersion;
            Fill(answer, [Api]);
            version = 0;
        }

        ResponseFrame response = _services.Responses.Rent();
        Frame.WriteResponse(response.Writer, Api, version, context.Header.CorrelationId, answer);
        return ValueTask.FromResult<ResponseFrame?>(response);
    }

    private static void Fill(ApiVersionsResponse answer, IEnumerable<ApiDescription> apis)
    {
        foreach (ApiDescription api in apis)
        {
            ApiVersionsResponse.ApiVersion entry = answer.ApiKeys.Add();
            entry.ApiKey = (short)api.Key;
            entry.MinVersion = api.MinVersion;
            entry.MaxVersion = api.MaxVersion;
        }
    }

    private static void FillFeatures(ApiVersionsResponse answer, ClusterImage image)
    {
        ApiVersionsResponse.SupportedFeatureKey supported = answer.SupportedFeatures.Add();
        supported.Name = BrokerFeature.Name;
        (supported.MinVersion, supported.MaxVersion) = (BrokerFeature.Oldest, BrokerFeature.Newest);
        answer.FinalizedFeaturesEpoch = image.Index;
        ApiVersionsResponse.FinalizedFeatureKey finalized = answer.FinalizedFeatures.Add();
        finalized.Name = BrokerFeature.Name;
        finalized.MinVersionLevel = finalized.MaxVersionLevel = (short)image.Level;
    }

    /// <summary>A body that cannot be read closes the connection, as everywhere.</summary>
    private void Check(in RequestContext context)
    {
        var reader = new ProtocolReader(context.Frame.Memory, _services.Names);
        RequestHeader.Read(ref reader);
        new ApiVersionsRequest().Read(ref reader, context.Version);
    }
}
