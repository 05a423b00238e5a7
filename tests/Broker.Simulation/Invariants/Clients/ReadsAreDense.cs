using Broker.Model;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// What is read begins where it was asked for and has no gaps, and nothing is read above the high watermark.
/// </summary>
public sealed class ReadsAreDense(Findings findings) : ClientInvariant(findings)
{
    public override void Fetched(
        PartitionLedger partition, string? client, Offset from, Offset highWatermark, IReadOnlyList<SeenBatch> batches)
    {
        Offset next = from;
        foreach (SeenBatch batch in batches)
        {
            bool isFirst = next == from;
            bool follows = isFirst ? batch.BaseOffset <= next && batch.NextOffset > next : batch.BaseOffset == next;
            if (!follows)
                Broken($"{batch} is read of {partition} where {next} is next");
            next = batch.NextOffset;
        }

        if (next > highWatermark && batches.Count > 0)
            Broken($"{partition} is read up to {next}, and the high watermark is {highWatermark}");
    }

    public override void ReadWhole(PartitionLedger partition, Offset start, IReadOnlyList<SeenBatch> content)
    {
        Offset next = start;
        foreach (SeenBatch batch in content)
        {
            bool follows = next == start
                ? batch.BaseOffset <= next && batch.NextOffset > next
                : batch.BaseOffset == next;
            if (!follows)
                Broken($"{partition} holds {batch} where {next} is next");
            next = batch.NextOffset;
        }
    }
}
