using Broker.Model;
using Broker.Simulation.Clients;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// A partition holds what clients sent to it, byte for byte, and nothing else: not what belongs to another partition,
/// nor to a deleted topic of the same name.
/// </summary>
public sealed class OnlyWhatWasSent(Findings findings) : ClientInvariant(findings)
{
    private readonly Dictionary<ulong, ClientBatch> _sent = [];

    public override void Offered(ClientBatch batch) => _sent.Add(batch.Hash, batch);

    public override void Read(PartitionLedger partition, in SeenBatch batch)
    {
        if (!_sent.TryGetValue(batch.Hash, out ClientBatch? sent))
            Broken($"{batch} is read in {partition}, and nobody sent it");
        else if (sent.Partition != partition.Id)
            Broken($"{batch} is read in {partition}, and was sent to {sent.Partition}");
    }
}
