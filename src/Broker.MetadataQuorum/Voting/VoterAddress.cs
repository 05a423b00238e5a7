using System.Globalization;
using System.Net;
using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>
/// DotNext knows a member by its end point alone. Ours is the broker's id in that form: connections are opened by id,
/// so a broker that moves to another address stays the same voter.
/// </summary>
internal static class VoterAddress
{
    private const string Prefix = "broker-";

    public static EndPoint Of(BrokerId voter) =>
        new DnsEndPoint(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{voter.Value}"), 0);

    public static BrokerId Read(EndPoint address) => address is DnsEndPoint { Host: var host }
        && host.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(host.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? new BrokerId(id)
            : throw new InvalidOperationException($"{address} is no voter's address.");
}
