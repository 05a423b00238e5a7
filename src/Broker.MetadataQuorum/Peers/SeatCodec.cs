using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using MessagePack;

namespace Broker.MetadataQuorum;

/// <summary>What brokers ask and tell each other about voters. Values after the known ones are passed over.</summary>
internal static class SeatCodec
{
    public static byte[] Question(VoterRoll known) => PeerCodec.Write(2, (ref MessagePackWriter writer) =>
    {
        writer.Write((int)PeerQuestion.Seat);
        WriteRoll(ref writer, known);
    });

    public static VoterRoll ReadQuestion(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Begin(ref reader, 2);
        return ReadRoll(ref reader);
    }

    public static byte[] Report(SeatReport report) => PeerCodec.Write(6, (ref MessagePackWriter writer) =>
    {
        writer.Write(report.Votes);
        writer.Write(report.LogEnd);
        PeerCodec.WriteGuid(ref writer, report.Incarnation.Value);
        PeerCodec.WriteLeadership(ref writer, report.Leadership);
        WriteRoll(ref writer, report.Roll);
    });

    public static SeatReport ReadReport(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        PeerCodec.Expect(ref reader, 6);
        return new SeatReport(
            reader.ReadBoolean(),
            reader.ReadInt64(),
            new Incarnation(PeerCodec.ReadGuid(ref reader)),
            new MetadataLeadership(new BrokerId(reader.ReadInt32()), reader.ReadInt64()),
            ReadRoll(ref reader));
    }

    public static byte[] Offer(SeatOffer offer) => PeerCodec.Write(5, (ref MessagePackWriter writer) =>
    {
        writer.Write((int)PeerQuestion.Offer);
        PeerCodec.WriteGuid(ref writer, offer.Cluster.Value);
        writer.Write(offer.Leader.Value);
        writer.Write(offer.Term);
        WriteRoll(ref writer, offer.Roll);
    });

    public static SeatOffer ReadOffer(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Begin(ref reader, 5);
        return new SeatOffer(
            new ClusterId(PeerCodec.ReadGuid(ref reader)),
            new BrokerId(reader.ReadInt32()),
            reader.ReadInt64(),
            ReadRoll(ref reader));
    }

    /// <summary>The answer to an offer: null if it is taken.</summary>
    public static byte[] Taken(string? refusal) =>
        PeerCodec.Write(1, (ref MessagePackWriter writer) => writer.Write(refusal));

    public static string? ReadTaken(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        PeerCodec.Expect(ref reader, 1);
        return reader.ReadString();
    }

    public static byte[] Change(VoterChange change) => PeerCodec.Write(3, (ref MessagePackWriter writer) =>
    {
        writer.Write((int)PeerQuestion.Change);
        writer.Write(change.Adds);
        writer.Write(change.Broker.Value);
    });

    public static VoterChange ReadChange(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Begin(ref reader, 3);
        return new VoterChange(reader.ReadBoolean(), new BrokerId(reader.ReadInt32()));
    }

    public static byte[] Outcome(VoterOutcome outcome) => PeerCodec.Write(2, (ref MessagePackWriter writer) =>
    {
        writer.Write((int)outcome.Status);
        writer.Write(outcome.Message);
    });

    public static VoterOutcome ReadOutcome(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        PeerCodec.Expect(ref reader, 2);
        return new VoterOutcome((VoterStatus)reader.ReadInt32(), reader.ReadString() ?? "");
    }

    private static void Begin(ref MessagePackReader reader, int values)
    {
        PeerCodec.Expect(ref reader, values);
        reader.ReadInt32();
    }

    private static void WriteRoll(ref MessagePackWriter writer, VoterRoll roll)
    {
        writer.WriteArrayHeader(roll.Voters.Count + 1);
        writer.Write(roll.Version);
        foreach (BrokerId voter in roll.Voters)
        {
            writer.Write(voter.Value);
        }
    }

    private static VoterRoll ReadRoll(ref MessagePackReader reader)
    {
        int voters = reader.ReadArrayHeader() - 1;
        long version = reader.ReadInt64();
        ImmutableSortedSet<BrokerId>.Builder ids = ImmutableSortedSet.CreateBuilder<BrokerId>();
        for (int i = 0; i < voters; i++)
        {
            ids.Add(new BrokerId(reader.ReadInt32()));
        }

        return new VoterRoll(version, ids.ToImmutable());
    }
}
