using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Replication;

/// <summary>Which logs a pass of the scrub reads, and in which order.</summary>
internal sealed class ScrubTargets(
    Func<IReadOnlyList<Replica>> replicas, Func<PartitionId, Replica?> find, ProcessIncarnation process)
{
    /// <summary>
    /// All that are here now, in turn, from one on that is another one for every process. By their ids: a replica that
    /// ends or is opened anew meanwhile is not held.
    /// </summary>
    public Queue<PartitionId> All()
    {
        IReadOnlyList<Replica> here = replicas();
        var all = new Queue<PartitionId>(here.Count);
        int first = here.Count == 0 ? 0 : (int)(Chance() % (uint)here.Count);
        for (int i = 0; i < here.Count; i++)
            all.Enqueue(here[(first + i) % here.Count].Id);
        return all;
    }

    public Replica? Find(PartitionId id) => find(id);

    private uint Chance()
    {
        Span<byte> drawn = stackalloc byte[16];
        process.Value.TryWriteBytes(drawn);
        return BinaryPrimitives.ReadUInt32LittleEndian(drawn);
    }
}
