using Broker.Model;
using Broker.Protocol.Records;
using Broker.Simulation.Invariants;
using Broker.Storage;

namespace Broker.Simulation.Clients;

/// <summary>
/// A batch of records that a client wants stored, of which there is no second in the world, and what it heard of it.
/// </summary>
public sealed class ClientBatch
{
    private const int TokenLength = 16;

    public ClientBatch(PartitionId partition, ProducerId? producer, int sequence, short acks, Random random)
    {
        Partition = partition;
        Producer = producer ?? ProducerId.None;
        FirstSequence = sequence;
        Acks = acks;
        Count = random.Next(4) == 0 ? random.Next(2, 6) : 1;
        using var builder = new RecordBatchBuilder();
        for (int i = 0; i < Count; i++)
        {
            byte[] value = new byte[random.Next(10) == 0 ? random.Next(1000, 4000) : random.Next(TokenLength, 300)];
            random.NextBytes(value);
            if (i == 0)
                Token = value[..TokenLength];
            builder.Append(1_900_000_000_000 + random.Next(1000), null, value);
        }

        Bytes = builder.Build(producer, producer is null ? (short)-1 : (short)0, producer is null ? -1 : sequence)
            .ToArray();
        Hash = HashOf(Bytes);
    }

    public PartitionId Partition { get; }

    public ProducerId Producer { get; }

    public int FirstSequence { get; }

    public short Acks { get; }

    /// <summary>Records in it.</summary>
    public int Count { get; }

    /// <summary>As sent: without offset and leader epoch.</summary>
    public byte[] Bytes { get; }

    /// <summary>Bytes that only this batch has.</summary>
    public byte[] Token { get; } = [];

    /// <summary>Over all that a broker may not change.</summary>
    public ulong Hash { get; }

    /// <summary>Where a broker said that it stands.</summary>
    public Offset? AcknowledgedAt { get; set; }

    /// <summary>Some attempt ended without an answer that tells its fate.</summary>
    public bool MayBeWritten { get; set; }

    public bool IsIdempotent => Producer != ProducerId.None;

    /// <summary>Of a batch as sent or as stored: the checksum and all that it covers.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> batch) => EntryRecord.HashOf(batch[RecordBatchLayout.Crc..]);

    public override string ToString() =>
        $"batch {Hash:x16} of {Partition}" + (IsIdempotent ? $" (producer {Producer}, sequence {FirstSequence})" : "");
}
