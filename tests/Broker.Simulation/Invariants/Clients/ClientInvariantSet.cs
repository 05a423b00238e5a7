using Broker.Model;
using Broker.Simulation.Clients;
using Broker.Simulation.Time;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>All invariants of what clients see, told of everything in the same order.</summary>
public sealed class ClientInvariantSet(
    Findings findings, EventQueue queue, Func<PartitionId, byte[], int> flushedCopies)
{
    private readonly ClientInvariant[] _all =
    [
        new AcknowledgedIsFlushed(findings, flushedCopies),
        new AcknowledgedIsReadBack(findings),
        new AcknowledgedOffsetsDiffer(findings),
        new OnceAndInOrder(findings),
        new OnlyWhatWasSent(findings),
        new ReadsAreDense(findings),
        new ReadsStay(findings),
        new HighWatermarkNeverGoesBack(findings),
        new RefusedIsNotWritten(findings),
        new ProducerIdsDiffer(findings),
        new DeletedStaysDeleted(findings),
    ];

    public void Offered(ClientBatch batch)
    {
        foreach (ClientInvariant invariant in _all)
            invariant.Offered(batch);
    }

    public void Acknowledged(PartitionLedger partition, ClientBatch batch, Offset offset)
    {
        queue.Trace.Mix(offset.Value);
        foreach (ClientInvariant invariant in _all)
            invariant.Acknowledged(partition, batch, offset);
        batch.AcknowledgedAt = offset;
        partition.Acknowledged.Add(batch);
    }

    public void Refused(PartitionLedger partition, ClientBatch batch)
    {
        foreach (ClientInvariant invariant in _all)
            invariant.Refused(partition, batch);
        partition.Refused.Add(batch.Hash);
    }

    public void Fetched(
        PartitionLedger partition, string? client, Offset from, Offset highWatermark, IReadOnlyList<SeenBatch> batches)
    {
        foreach (SeenBatch batch in batches)
        {
            queue.Trace.Mix((long)batch.Hash);
            foreach (ClientInvariant invariant in _all)
                invariant.Read(partition, batch);
            partition.Seen.TryAdd(batch.BaseOffset.Value, batch);
        }

        foreach (ClientInvariant invariant in _all)
            invariant.Fetched(partition, client, from, highWatermark, batches);
        if (client is null)
            return;

        Offset highest = partition.HighWatermarks.GetValueOrDefault(client);
        partition.HighWatermarks[client] = Offset.Max(highest, highWatermark);
    }

    public void LogStartHeard(PartitionLedger partition, string client, Offset logStart)
    {
        foreach (ClientInvariant invariant in _all)
            invariant.LogStartHeard(partition, client, logStart);
        partition.LogStarts[client] = Offset.Max(partition.LogStarts.GetValueOrDefault(client), logStart);
    }

    public void ReadWhole(PartitionLedger partition, Offset start, IReadOnlyList<SeenBatch> content)
    {
        foreach (ClientInvariant invariant in _all)
            invariant.ReadWhole(partition, start, content);
    }

    public void ProducerGiven(ProducerId id)
    {
        foreach (ClientInvariant invariant in _all)
            invariant.ProducerGiven(id);
    }
}
