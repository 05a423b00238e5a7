using Broker.Client.Connections;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Features;

/// <summary>
/// Describes and raises the cluster's feature level, which says what its brokers may write while some of them are of an
/// older version (KIP-584). Any thread.
/// </summary>
public sealed class FeatureClient
{
    private const string Feature = "broker.version";
    private const sbyte UpOnly = 1;

    private readonly ClientOptions _options;
    private readonly ConnectionPool _pool;
    private readonly AdminClient _admin;

    internal FeatureClient(ClientOptions options, ConnectionPool pool, AdminClient admin)
    {
        _options = options;
        _pool = pool;
        _admin = admin;
    }

    /// <exception cref="UnreachableException">A broker that is taken for alive does not answer.</exception>
    public async Task<FeatureDescription> DescribeAsync(CancellationToken token = default)
    {
        ClusterDescription cluster = await _admin.DescribeClusterAsync(token).ConfigureAwait(false);
        List<BrokerLevels> brokers = [];
        (long Epoch, int? Level) finalized = (-1, null);
        foreach (BrokerDescription broker in cluster.Brokers)
        {
            ApiVersionsResponse answer = await AskAsync(broker.Address, token).ConfigureAwait(false);
            ApiVersionsResponse.SupportedFeatureKey? supported =
                answer.SupportedFeatures.FirstOrDefault(feature => feature.Name == Feature);
            brokers.Add(new BrokerLevels(broker.Id, supported?.MinVersion, supported?.MaxVersion));
            ApiVersionsResponse.FinalizedFeatureKey? level =
                answer.FinalizedFeatures.FirstOrDefault(feature => feature.Name == Feature);
            if (level is not null && answer.FinalizedFeaturesEpoch > finalized.Epoch)
            {
                finalized = (answer.FinalizedFeaturesEpoch, level.MaxVersionLevel);
            }
        }

        return new FeatureDescription(finalized.Level, brokers);
    }

    /// <summary>Raises the level; returns at once where the cluster is there already.</summary>
    /// <exception cref="RequestException">It was refused and nothing was changed, or, with
    /// <see cref="ErrorCode.RequestTimedOut"/>, it is not known what became of it.</exception>
    /// <exception cref="UnreachableException">The connection broke on the way; it may be raised.</exception>
    public async Task RaiseAsync(int level, CancellationToken token = default)
    {
        UpdateFeaturesRequest request = new() { TimeoutMs = (int)(_options.RequestTimeout.TotalMilliseconds * 0.8) };
        UpdateFeaturesRequest.FeatureUpdateKey update = request.FeatureUpdates.Add();
        update.Feature = Feature;
        update.MaxVersionLevel = checked((short)level);
        update.UpgradeType = UpOnly;
        UpdateFeaturesResponse response = await _admin.AskAnyAsync(request, token).ConfigureAwait(false);
        AdminClient.ThrowIfFailed(
            response.ErrorCode, $"the feature level was not raised to {level}", response.ErrorMessage);
    }

    private async Task<ApiVersionsResponse> AskAsync(HostAndPort address, CancellationToken token)
    {
        ApiVersionsRequest request = new() { ClientSoftwareName = "broker-client", ClientSoftwareVersion = "1" };
        BrokerConnection connection = await _pool.GetAsync(address, token).ConfigureAwait(false);
        ApiVersionsResponse response = await connection
            .SendAsync(request, _options.RequestTimeout, token)
            .ConfigureAwait(false);
        AdminClient.ThrowIfFailed(response.ErrorCode, $"{address} does not tell its feature levels", null);
        return response;
    }
}
