using Broker.Model;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// A partition begins where a deletion that was answered said, or later, and never before what a client was told; and
/// not behind what anybody wished gone, unless the topic keeps no more than so much.
/// </summary>
public sealed class DeletedStaysDeleted(Findings findings) : ClientInvariant(findings)
{
    public override void LogStartHeard(PartitionLedger partition, string client, Offset logStart)
    {
        Offset before = partition.LogStarts.GetValueOrDefault(client);
        if (logStart < before)
            Broken($"{client} hears that {partition} begins at {logStart}, and heard of {before} before");
        CheckWished(partition, logStart);
    }

    public override void ReadWhole(PartitionLedger partition, Offset start, IReadOnlyList<SeenBatch> content)
    {
        if (start < partition.DeletedBelow)
            Broken($"{partition} begins at {start}, and all below {partition.DeletedBelow} was deleted");
        CheckWished(partition, start);
    }

    private void CheckWished(PartitionLedger partition, Offset start)
    {
        if (start > Offset.Zero && !partition.MayLack(start - 1))
        {
            Broken(
                $"{partition} begins at {start}, and nobody wanted gone what lies behind {partition.MayBeGoneBelow}");
        }
    }
}
