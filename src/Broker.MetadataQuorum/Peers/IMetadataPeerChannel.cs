using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>
/// What the metadata group needs of the connections between brokers. Any thread may call. Implementations do the
/// handshake: who calls or connects is who it says.
/// </summary>
public interface IMetadataPeerChannel
{
    /// <summary>Opens a connection of its own to a voter, for raw bytes both ways; the caller disposes it.</summary>
    /// <exception cref="IOException">The voter can't be reached.</exception>
    ValueTask<Stream> OpenAsync(BrokerId voter, CancellationToken cancellation);

    /// <summary>Asks a peer. Null if it can't be reached or does not answer in time; only cancelling throws.</summary>
    ValueTask<ReadOnlyMemory<byte>?> CallAsync(
        BrokerId peer, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Begins to take connections and questions; called once, before anything is sent.</summary>
    void Serve(IMetadataPeerService service);
}
