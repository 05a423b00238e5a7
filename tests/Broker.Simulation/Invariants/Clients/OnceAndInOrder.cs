using Broker.Model;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// No batch is stored twice, whatever was retried, and those of an idempotent producer stand in the order of their
/// sequences, without a gap.
/// </summary>
public sealed class OnceAndInOrder(Findings findings) : ClientInvariant(findings)
{
    private readonly Dictionary<ulong, (PartitionId Partition, Offset Offset)> _seenAt = [];

    public override void Read(PartitionLedger partition, in SeenBatch batch)
    {
        var here = (partition.Id, batch.BaseOffset);
        if (!_seenAt.TryAdd(batch.Hash, here) && _seenAt[batch.Hash] != here)
            Broken($"{batch} stands in {partition} and at {_seenAt[batch.Hash]}");
    }

    public override void ReadWhole(PartitionLedger partition, Offset start, IReadOnlyList<SeenBatch> content)
    {
        var next = new Dictionary<ProducerId, int>();
        foreach (SeenBatch batch in content.Where(batch => batch.Producer != ProducerId.None))
        {
            // Where the beginning is deleted, nobody knows what it was.
            bool isKnown = next.TryGetValue(batch.Producer, out int expected) || start == Offset.Zero;
            if (isKnown && batch.FirstSequence != expected)
            {
                Broken($"{partition}: {batch} of producer {batch.Producer} has sequence {batch.FirstSequence}; "
                    + $"{expected} is next");
            }

            next[batch.Producer] = batch.FirstSequence + (int)(batch.NextOffset - batch.BaseOffset);
        }
    }
}
