using Broker.Metadata;
using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// A broker that is being drained is given no replica that it has not: not by placement, a move, or a rebuilding. What
/// was to come to it already may come. And the mark ends by the record that says so, and by nothing else
/// (docs/decisions/0010).
/// </summary>
public sealed class DrainedGetsNothing(Findings findings)
{
    public void Committed(IReadOnlyList<MetadataRecord> records, ClusterImage before, ClusterImage after)
    {
        foreach (BrokerRegistration broker in before.Brokers.Values.Where(broker => broker.IsDraining))
        {
            bool isTakenBack = records.OfType<BrokerDraining>().Any(record => record.Broker == broker.Id);
            if (!isTakenBack && !after.IsDraining(broker.Id))
                Broken($"broker {broker.Id} is drained no more, and nobody said so");
            if (!isTakenBack)
                Check(broker.Id, before, after);
        }
    }

    private void Check(BrokerId drained, ClusterImage before, ClusterImage after)
    {
        foreach (TopicImage topic in after.Topics.Values)
        {
            for (int i = 0; i < topic.Partitions.Count; i++)
            {
                bool had = before.FindPartition(new PartitionId(topic.Id, i)) is { } partition && Has(partition);
                if (!had && Has(topic.Partitions[i]))
                    Broken($"broker {drained} is being drained, and gets {topic.Name}/{i}");
            }
        }

        bool Has(PartitionImage partition) => partition.Replicas.Contains(drained)
            || partition.Target.Contains(drained) || partition.Original.Contains(drained);
    }

    private void Broken(string what) => findings.Add($"{nameof(DrainedGetsNothing)}: {what}");
}
