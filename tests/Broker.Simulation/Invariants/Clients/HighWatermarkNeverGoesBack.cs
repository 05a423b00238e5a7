using Broker.Model;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// A client that names the newest epoch that it knows, and was told a high watermark, is never told a lower one, by
/// whichever broker. (Without an epoch it may ask a leader of long ago, which knows of nothing newer; and where too few
/// brokers live to elect a leader, one that lives serves what it knows.)
/// </summary>
public sealed class HighWatermarkNeverGoesBack(Findings findings) : ClientInvariant(findings)
{
    public override void Fetched(
        PartitionLedger partition, string? client, Offset from, Offset highWatermark, IReadOnlyList<SeenBatch> batches)
    {
        if (client is null)
            return;

        Offset before = partition.HighWatermarks.GetValueOrDefault(client);
        if (highWatermark < before)
            Broken($"{client} hears of high watermark {highWatermark} of {partition}, and heard of {before} before");
    }
}
