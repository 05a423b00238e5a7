using Broker.Metadata;
using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>What a broker is in the metadata group: voter or follower. Images and leadership go to the feed.</summary>
internal interface IMetadataMember : IAsyncDisposable
{
    ValueTask<ProposeOutcome> ProposeAsync(
        long term, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation);

    /// <summary>
    /// As leader: confirms with a quorum that it still leads and returns the index that its image then has; else −1.
    /// </summary>
    ValueTask<long> LeaderBarrierAsync(CancellationToken cancellation);

    ValueTask ResignAsync(CancellationToken cancellation);

    /// <summary>Takes a voter's connection, or closes it.</summary>
    void Accept(BrokerId peer, Stream stream);
}
