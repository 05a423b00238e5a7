using Broker.Model;
using Broker.Simulation.Clients;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// One promise to clients, checked whenever one of them hears something. Each override sees the ledger as it was before
/// what it is told of.
/// </summary>
public abstract class ClientInvariant(Findings findings)
{
    /// <summary>A client is about to send it for the first time.</summary>
    public virtual void Offered(ClientBatch batch)
    {
    }

    /// <summary>Told with acks=all that a batch is stored at an offset.</summary>
    public virtual void Acknowledged(PartitionLedger partition, ClientBatch batch, Offset offset)
    {
    }

    /// <summary>Every attempt to store it was answered with "not written".</summary>
    public virtual void Refused(PartitionLedger partition, ClientBatch batch)
    {
    }

    public virtual void Read(PartitionLedger partition, in SeenBatch batch)
    {
    }

    /// <summary>An answer of Fetch without an error.</summary>
    /// <param name="client">
    /// Who asked a leader with the newest epoch that it knew; null where none was given, or nobody can lead.
    /// </param>
    /// <param name="from">The offset that was asked for.</param>
    public virtual void Fetched(
        PartitionLedger partition, string? client, Offset from, Offset highWatermark, IReadOnlyList<SeenBatch> batches)
    {
    }

    /// <summary>Whoever asked a leader with the newest epoch that it knew is told where a partition begins.</summary>
    public virtual void LogStartHeard(PartitionLedger partition, string client, Offset logStart)
    {
    }

    /// <summary>All that a partition holds, after the faults; nobody writes meanwhile.</summary>
    /// <param name="start">Where it begins; in the midst of the first batch, perhaps.</param>
    public virtual void ReadWhole(PartitionLedger partition, Offset start, IReadOnlyList<SeenBatch> content)
    {
    }

    public virtual void ProducerGiven(ProducerId id)
    {
    }

    protected void Broken(string what) => findings.Add($"{GetType().Name}: {what}");
}
