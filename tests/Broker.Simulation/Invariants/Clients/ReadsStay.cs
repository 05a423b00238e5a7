using Broker.Model;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// What a consumer read at an offset is what everybody reads there ever after, whoever leads; and all of it is there
/// in the end.
/// </summary>
public sealed class ReadsStay(Findings findings) : ClientInvariant(findings)
{
    public override void Read(PartitionLedger partition, in SeenBatch batch)
    {
        if (partition.Seen.TryGetValue(batch.BaseOffset.Value, out SeenBatch before) && before != batch)
            Broken($"{batch} is read in {partition}, where {before} was read before");
    }

    public override void ReadWhole(PartitionLedger partition, Offset start, IReadOnlyList<SeenBatch> content)
    {
        var there = content.ToHashSet();
        foreach (SeenBatch seen in partition.Seen.Values)
        {
            if (seen.NextOffset > start && !there.Contains(seen))
                Broken($"{seen} was read in {partition}, and is not there in the end");
        }
    }
}
