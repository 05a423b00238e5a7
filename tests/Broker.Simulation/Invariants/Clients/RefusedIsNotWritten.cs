using Broker.Simulation.Clients;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// A batch whose every attempt was answered with an error that means "not written" is nowhere, then and ever after
/// (KAFKA-13574).
/// </summary>
public sealed class RefusedIsNotWritten(Findings findings) : ClientInvariant(findings)
{
    public override void Refused(PartitionLedger partition, ClientBatch batch)
    {
        foreach (SeenBatch seen in partition.Seen.Values)
        {
            if (seen.Hash == batch.Hash)
                Broken($"{batch} was refused as not written, and was read: {seen}");
        }
    }

    public override void Read(PartitionLedger partition, in SeenBatch batch)
    {
        if (partition.Refused.Contains(batch.Hash))
            Broken($"{batch} of {partition} is read, and was refused as not written");
    }
}
