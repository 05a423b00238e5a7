using System.Net;
using Broker.Model;
using Microsoft.AspNetCore.Connections;

namespace Broker.MetadataQuorum;

/// <summary>Opens DotNext's connections to other voters over the peer channel.</summary>
internal sealed class VoterConnector(IMetadataPeerChannel channel) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        BrokerId voter = VoterAddress.Read(endpoint);
        return new VoterConnection(await channel.OpenAsync(voter, cancellationToken), $"to {voter}");
    }
}
