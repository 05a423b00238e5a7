using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Connections;

/// <summary>The version of each API that both this client and one broker know best.</summary>
internal sealed class VersionTable
{
    private readonly Dictionary<ApiKey, short> _highest = [];
    private HostAndPort _broker;

    public void Learn(ApiVersionsResponse response, HostAndPort broker)
    {
        _broker = broker;
        foreach (ApiVersionsResponse.ApiVersion served in response.ApiKeys)
        {
            if (ApiCatalogue.TryFind((ApiKey)served.ApiKey, out ApiDescription? known))
            {
                short version = Math.Min(known.MaxVersion, served.MaxVersion);
                if (version >= known.FirstServed && version >= served.MinVersion)
                {
                    _highest[known.Key] = version;
                }
            }
        }
    }

    /// <exception cref="RequestException">There is none.</exception>
    public short Choose(ApiKey key) =>
        _highest.TryGetValue(key, out short version)
            ? version
            : throw new RequestException(
                ErrorCode.UnsupportedVersion,
                $"{_broker} serves no version of {key} that this client knows"
            );
}
