using Broker.Model;
using Broker.Simulation.Clients;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// Every batch that was acknowledged with acks=all is read back, byte for byte, at the offset that was told.
/// </summary>
public sealed class AcknowledgedIsReadBack(Findings findings) : ClientInvariant(findings)
{
    public override void Acknowledged(PartitionLedger partition, ClientBatch batch, Offset offset)
    {
        if (partition.Seen.TryGetValue(offset.Value, out SeenBatch seen) && seen.Hash != batch.Hash)
            Broken($"{batch} was acknowledged at {offset} of {partition}, where {seen} was read before");
    }

    public override void ReadWhole(PartitionLedger partition, Offset start, IReadOnlyList<SeenBatch> content)
    {
        var byOffset = content.ToDictionary(batch => batch.BaseOffset);
        foreach (ClientBatch batch in partition.Acknowledged)
        {
            Offset at = batch.AcknowledgedAt!.Value;
            if (at + batch.Count <= start)
                continue;
            if (!byOffset.TryGetValue(at, out SeenBatch stored))
                Broken($"{batch} was acknowledged at {at} of {partition}, where no batch begins now");
            else if (stored.Hash != batch.Hash)
                Broken($"{batch} was acknowledged at {at} of {partition}, where {stored} is now");
        }
    }
}
