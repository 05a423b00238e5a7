using Broker.Model;
using Broker.Protocol.Records;
using Broker.Simulation.Clients;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>A batch as a consumer read it.</summary>
public readonly record struct SeenBatch(
    Offset BaseOffset, Offset NextOffset, int Epoch, ulong Hash, ProducerId Producer, int FirstSequence)
{
    public static SeenBatch Of(ReadOnlySpan<byte> batch)
    {
        var header = RecordBatchHeader.Read(batch);
        return new SeenBatch(
            header.BaseOffset, header.NextOffset, header.LeaderEpoch, ClientBatch.HashOf(batch), header.ProducerId,
            header.BaseSequence);
    }

    public override string ToString() => $"{BaseOffset}–{NextOffset - 1} ({Hash:x16}, epoch {Epoch})";
}
