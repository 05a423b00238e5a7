using Broker.Model;
using Broker.Simulation.Clients;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// When a client hears that its batch is stored, the batch's bytes are flushed on a quorum of disks, and on as many as
/// min.insync.replicas says. The disks themselves are asked.
/// </summary>
public sealed class AcknowledgedIsFlushed(Findings findings, Func<PartitionId, byte[], int> flushedCopies)
    : ClientInvariant(findings)
{
    public override void Acknowledged(PartitionLedger partition, ClientBatch batch, Offset offset)
    {
        // Whoever deletes a topic deletes what was acknowledged in it, and records may be deleted before the
        // answer comes.
        if (partition.Topic.IsGoing || partition.MayLack(offset + batch.Count - 1))
            return;

        int copies = flushedCopies(partition.Id, batch.Token);
        if (copies < partition.Topic.CopiesPromised)
        {
            Broken($"{batch} was acknowledged at {offset} of {partition} with {copies} flushed copies; "
                + $"{partition.Topic.CopiesPromised} were promised");
        }
    }
}
