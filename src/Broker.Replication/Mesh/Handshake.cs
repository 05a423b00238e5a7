using Broker.Model;
using MessagePack;

namespace Broker.Replication;

/// <summary>
/// The first frame each way: who is there, for what, and which versions of the peer protocol it speaks.
/// </summary>
internal static class Handshake
{
    public const int OldestVersion = 1;
    public const int NewestVersion = 1;

    /// <summary>A greeting is small; a longer first frame is somebody else's protocol.</summary>
    public const int MaxLength = 4096;

    private const string Magic = "broker-peer";
    private const int HelloFields = 6;
    private const int WelcomeFields = 4;

    /// <summary>What the dialling side says. <paramref name="Target"/> is whom it wants, or none.</summary>
    public readonly record struct Hello(PeerIdentity From, BrokerId Target, PeerLane Lane, int Oldest, int Newest);

    /// <summary>What the listening side answers: no refusal text means welcome.</summary>
    public readonly record struct Welcome(PeerIdentity From, int Version, string? Refusal);

    public static PeerFrame WriteHello(PeerFrame frame, PeerIdentity self, BrokerId target, PeerLane lane)
    {
        var writer = new MessagePackWriter(frame);
        writer.WriteArrayHeader(HelloFields);
        writer.Write(Magic);
        WriteIdentity(ref writer, self);
        writer.Write(target.Value);
        writer.Write((int)lane);
        writer.Write(OldestVersion);
        writer.Write(NewestVersion);
        writer.Flush();
        return frame.Seal();
    }

    public static PeerFrame WriteWelcome(PeerFrame frame, in Welcome welcome)
    {
        var writer = new MessagePackWriter(frame);
        writer.WriteArrayHeader(WelcomeFields);
        writer.Write(Magic);
        WriteIdentity(ref writer, welcome.From);
        writer.Write(welcome.Version);
        writer.Write(welcome.Refusal);
        writer.Flush();
        return frame.Seal();
    }

    public static PeerFrame WriteIdentity(PeerFrame frame, PeerIdentity self)
    {
        var writer = new MessagePackWriter(frame);
        WriteIdentity(ref writer, self);
        writer.Flush();
        return frame.Seal();
    }

    public static Hello ReadHello(in ReceivedFrame frame, string remote) =>
        Guarded(frame, remote, PeerFrameKind.Hello, reader =>
    {
        Expect(ref reader, HelloFields);
        PeerIdentity from = ReadIdentity(ref reader);
        return new Hello(
            from,
            new BrokerId(reader.ReadInt32()),
            (PeerLane)reader.ReadInt32(),
            reader.ReadInt32(),
            reader.ReadInt32());
    });

    public static Welcome ReadWelcome(in ReceivedFrame frame, string remote) => Guarded(
        frame, remote, PeerFrameKind.Welcome, reader =>
        {
            Expect(ref reader, WelcomeFields);
            return new Welcome(ReadIdentity(ref reader), reader.ReadInt32(), reader.ReadString());
        });

    public static PeerIdentity ReadIdentity(in ReceivedFrame frame, string remote) => Guarded(
        frame, remote, PeerFrameKind.Identity, reader => ReadIdentity(ref reader));

    /// <summary>Why the listening side does not talk to this one; null if it does.</summary>
    public static string? Refusal(PeerIdentity self, in Hello hello)
    {
        if (hello.Oldest > NewestVersion || hello.Newest < OldestVersion)
        {
            return $"broker {self.Broker} speaks versions {OldestVersion} to {NewestVersion} of the peer protocol, "
                + $"broker {hello.From.Broker} {hello.Oldest} to {hello.Newest}";
        }

        if (!Enum.IsDefined(hello.Lane))
            return $"there is no lane {(int)hello.Lane}";

        if (hello.Target != BrokerId.None && hello.Target != self.Broker)
            return $"this is broker {self.Broker}, not broker {hello.Target}";

        return hello.From.Broker == self.Broker && hello.From.Process != self.Process
            ? $"broker id {self.Broker} is taken by this broker ({self})"
            : ClusterMismatch(self, hello.From);
    }

    /// <summary>
    /// Not while another process of that data directory is connected: a copy of it would speak in its name. One that
    /// has ended loses its connection at once, or at the next ping.
    /// </summary>
    public static string? Twin(PeerIdentity? connected, PeerIdentity other) =>
        connected is { } first && first.Incarnation == other.Incarnation && first.Process != other.Process
            ? $"another process of broker {other.Broker} is connected, on the data directory that this one has a copy "
                + $"of ({first}); stop one of them"
            : null;

    /// <summary>Not a mismatch while one of them does not know its cluster yet.</summary>
    public static string? ClusterMismatch(PeerIdentity self, PeerIdentity other) =>
        self.Cluster.IsEmpty || other.Cluster.IsEmpty || self.Cluster == other.Cluster
            ? null
            : $"broker {self.Broker} belongs to cluster {self.Cluster}, "
                + $"broker {other.Broker} to cluster {other.Cluster}";

    private delegate T Reading<T>(MessagePackReader reader);

    private static T Guarded<T>(in ReceivedFrame frame, string remote, PeerFrameKind kind, Reading<T> read)
    {
        if (frame.Kind != kind)
            throw Foreign(remote, null);

        try
        {
            return read(new MessagePackReader(frame.Header));
        }
        catch (Exception failure) when (failure is MessagePackSerializationException or EndOfStreamException
            or OverflowException or InvalidOperationException)
        {
            throw Foreign(remote, failure);
        }
    }

    private static PeerConnectionException Foreign(string remote, Exception? cause) =>
        new(PeerConnectionError.Protocol, $"{remote} does not speak the peer protocol", cause);

    private static void Expect(ref MessagePackReader reader, int fields)
    {
        if (reader.ReadArrayHeader() != fields || reader.ReadString() != Magic)
            throw new MessagePackSerializationException("Not a greeting.");
    }

    private static void WriteIdentity(ref MessagePackWriter writer, PeerIdentity identity)
    {
        writer.WriteArrayHeader(4);
        writer.WriteGuid(identity.Cluster.Value);
        writer.Write(identity.Broker.Value);
        writer.WriteGuid(identity.Incarnation.Value);
        writer.WriteGuid(identity.Process.Value);
    }

    private static PeerIdentity ReadIdentity(ref MessagePackReader reader)
    {
        if (reader.ReadArrayHeader() != 4)
            throw new MessagePackSerializationException("Not an identity.");

        return new PeerIdentity(
            new ClusterId(reader.ReadGuid()),
            new BrokerId(reader.ReadInt32()),
            new Incarnation(reader.ReadGuid()),
            new ProcessIncarnation(reader.ReadGuid()));
    }
}
