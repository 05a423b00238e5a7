using Broker.Model;
using Broker.Simulation.Clients;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>No offset is given to two records: acknowledged batches do not overlap.</summary>
public sealed class AcknowledgedOffsetsDiffer(Findings findings) : ClientInvariant(findings)
{
    private readonly Dictionary<(PartitionId Partition, long Offset), ClientBatch> _given = [];

    public override void Acknowledged(PartitionLedger partition, ClientBatch batch, Offset offset)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            var place = (partition.Id, offset.Value + i);
            if (!_given.TryAdd(place, batch) && _given[place] != batch)
                Broken($"offset {offset + i} of {partition} was given to {_given[place]} and to {batch}");
        }
    }
}
