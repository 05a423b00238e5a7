using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Broker.MetadataQuorum;

/// <summary>The image at an index, as DotNext hands it to a voter that is too far behind.</summary>
internal sealed class SnapshotEntry(long index, long term, byte[] image) : ISnapshot
{
    public long Index => index;

    public long Term => term;

    public ReadOnlyMemory<byte> Image => image;

    bool IDataTransferObject.IsReusable => true;

    long? IDataTransferObject.Length => image.Length;

    bool IDataTransferObject.TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = image;
        return true;
    }

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) =>
        writer.Invoke(image, token);
}
