using System.Buffers;
using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using MessagePack;

namespace Broker.MetadataQuorum;

/// <summary>Questions and answers as MessagePack arrays. Values after the known ones are passed over.</summary>
internal static class PeerCodec
{
    private const int IdentitySize = 16;

    /// <summary>The first value of every question.</summary>
    public static PeerQuestion KindOf(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Expect(ref reader, 1);
        return (PeerQuestion)reader.ReadInt32();
    }

    public static byte[] Question(PeerQuestion question, FollowedPoint known = default) =>
        Write(5, (ref MessagePackWriter writer) =>
        {
            writer.Write((int)question);
            WriteLeadership(ref writer, known.Leadership);
            writer.Write(known.Index);
            writer.Write((long)known.Patience.TotalMilliseconds);
        });

    public static FollowedPoint ReadPoint(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Expect(ref reader, 5);
        reader.ReadInt32();
        var leadership = new MetadataLeadership(new BrokerId(reader.ReadInt32()), reader.ReadInt64());
        long index = reader.ReadInt64();
        long patience = Math.Clamp(reader.ReadInt64(), 0, int.MaxValue);
        return new FollowedPoint(leadership, index, TimeSpan.FromMilliseconds(patience));
    }

    public static byte[] Standing(Standing standing) => Write(4, (ref MessagePackWriter writer) =>
    {
        writer.Write((int)standing.Kind);
        WriteGuid(ref writer, standing.Incarnation.Value);
        WriteGuid(ref writer, standing.Cluster.Value);
        writer.WriteArrayHeader(standing.Founders.Length * 2);
        foreach (Founder founder in standing.Founders)
        {
            writer.Write(founder.Broker.Value);
            WriteGuid(ref writer, founder.Incarnation.Value);
        }
    });

    public static Standing ReadStanding(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Expect(ref reader, 4);
        var kind = (StandingKind)reader.ReadInt32();
        var incarnation = new Incarnation(ReadGuid(ref reader));
        var cluster = new ClusterId(ReadGuid(ref reader));
        var founders = new Founder[reader.ReadArrayHeader() / 2];
        for (int i = 0; i < founders.Length; i++)
        {
            founders[i] = new Founder(new BrokerId(reader.ReadInt32()), new Incarnation(ReadGuid(ref reader)));
        }

        return new Standing(kind, incarnation, cluster, [.. founders]);
    }

    public static byte[] News(MetadataLeadership leadership, IReadOnlyList<FollowedEntry> entries) =>
        Write(4, (ref MessagePackWriter writer) =>
        {
            WriteLeadership(ref writer, leadership);
            writer.WriteNil();
            writer.WriteArrayHeader(entries.Count * 2);
            foreach (FollowedEntry entry in entries)
            {
                writer.Write(entry.Index);
                writer.Write(entry.Bytes.Span);
            }
        });

    public static byte[] News(MetadataLeadership leadership, ClusterImage image) =>
        Write(4, (ref MessagePackWriter writer) =>
        {
            WriteLeadership(ref writer, leadership);
            writer.Write(ImageCodec.Encode(image));
            writer.WriteArrayHeader(0);
        });

    public static News ReadNews(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Expect(ref reader, 4);
        var leadership = new MetadataLeadership(new BrokerId(reader.ReadInt32()), reader.ReadInt64());
        ClusterImage? image = reader.ReadBytes() is { } snapshot ? ImageCodec.Decode(snapshot) : null;
        var entries = new FollowedEntry[reader.ReadArrayHeader() / 2];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new FollowedEntry(reader.ReadInt64(), reader.ReadBytes().GetValueOrDefault().ToArray());
        }

        return new News(leadership, image, [.. entries]);
    }

    /// <summary>The barrier's index, or −1 from a broker that does not lead.</summary>
    public static byte[] Barrier(long index) => Write(1, (ref MessagePackWriter writer) => writer.Write(index));

    public static long ReadBarrier(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Expect(ref reader, 1);
        return reader.ReadInt64();
    }

    public delegate void Writing(ref MessagePackWriter writer);

    public static byte[] Write(int values, Writing write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(values);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static void WriteLeadership(ref MessagePackWriter writer, MetadataLeadership leadership)
    {
        writer.Write(leadership.Leader.Value);
        writer.Write(leadership.Term);
    }

    public static void WriteGuid(ref MessagePackWriter writer, Guid value)
    {
        writer.WriteBinHeader(IdentitySize);
        value.TryWriteBytes(writer.GetSpan(IdentitySize), bigEndian: true, out int written);
        writer.Advance(written);
    }

    public static Guid ReadGuid(ref MessagePackReader reader)
    {
        byte[] bytes = reader.ReadBytes().GetValueOrDefault().ToArray();
        return bytes.Length == IdentitySize
            ? new Guid(bytes, bigEndian: true)
            : throw new MessagePackSerializationException("An identity must have 16 bytes.");
    }

    public static void Expect(ref MessagePackReader reader, int values)
    {
        if (reader.ReadArrayHeader() < values)
        {
            throw new MessagePackSerializationException($"A message must have {values} values.");
        }
    }
}
