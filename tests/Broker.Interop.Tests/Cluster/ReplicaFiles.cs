using System.Buffers.Binary;

namespace Broker.Interop.Tests.Cluster;

/// <summary>The files of the replicas in the data directory of a broker that does not run.</summary>
internal static class ReplicaFiles
{
    private const int HeaderSizeAt = 8;

    /// <summary>Those that hold anything, in order.</summary>
    public static IReadOnlyList<string> Replicas(string data) =>
    [
        .. Directory.GetDirectories(Path.Combine(data, "topics"))
            .SelectMany(Directory.GetDirectories).Where(replica => Segments(replica).Count > 0).Order(),
    ];

    public static IReadOnlyList<string> Segments(string replica) =>
        [.. Directory.GetFiles(replica, "*.log").Order(StringComparer.Ordinal)];

    /// <summary>What a log can do without: indexes and the checkpoint.</summary>
    public static IEnumerable<string> Helps(string replica) => Directory.GetFiles(replica).Where(
        file => Path.GetExtension(file) == ".index" || Path.GetFileName(file) == "checkpoint");

    /// <summary>What was found damaged and is kept.</summary>
    public static int SetAside(string data) =>
        Replicas(data).Select(replica => Path.Combine(replica, "damaged"))
            .Where(Directory.Exists).Sum(kept => Directory.GetFiles(kept).Length);

    public static void FlipHeader(string replica) => Flip(Segments(replica)[0], 4);

    /// <summary>The first frame stands behind the header, whose size stands in it.</summary>
    public static void FlipFirstFrame(string replica)
    {
        string segment = Segments(replica)[0];
        Flip(segment, BinaryPrimitives.ReadInt32LittleEndian(File.ReadAllBytes(segment).AsSpan(HeaderSizeAt)) + 1);
    }

    public static void FlipMiddle(string file) => Flip(file, new FileInfo(file).Length / 2);

    public static void CutInHalf(string file)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.SetLength(stream.Length / 2);
    }

    /// <summary>As a write leaves it that had not finished when the machine lost its power.</summary>
    public static void Tear(string replica)
    {
        using var stream = new FileStream(Segments(replica)[^1], FileMode.Append);
        stream.Write(new byte[300]);
    }

    private static void Flip(string file, long position)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.Position = position;
        int found = stream.ReadByte();
        stream.Position = position;
        stream.WriteByte((byte)(found ^ 0x10));
    }
}
