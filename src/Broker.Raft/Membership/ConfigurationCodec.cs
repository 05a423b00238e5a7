using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// A configuration entry's payload, little-endian. Without learners and not joint: 1, the number of voters, their ids.
/// Else: 2, the numbers of voters, outgoing voters and learners, then all their ids. Ids ascend within each list.
/// </summary>
public static class ConfigurationCodec
{
    private const byte VotersOnly = 1;
    private const byte Complete = 2;
    private const int MaxLists = 3;

    public static int SizeOf(Configuration configuration)
    {
        int ids = configuration.Voters.Voters.Length + OutgoingOf(configuration).Length + configuration.Learners.Length;
        return (IsVotersOnly(configuration) ? 2 : 1 + MaxLists) + (ids * sizeof(int));
    }

    /// <summary>Writes <see cref="SizeOf"/> bytes.</summary>
    public static void Encode(Configuration configuration, Span<byte> into)
    {
        bool votersOnly = IsVotersOnly(configuration);
        ReadOnlySpan<BrokerId> outgoing = OutgoingOf(configuration);
        into[0] = votersOnly ? VotersOnly : Complete;
        into[1] = (byte)configuration.Voters.Voters.Length;
        if (!votersOnly)
        {
            into[2] = (byte)outgoing.Length;
            into[3] = (byte)configuration.Learners.Length;
        }

        Span<byte> rest = into[(votersOnly ? 2 : 1 + MaxLists)..];
        Write(configuration.Voters.Voters.AsSpan(), ref rest);
        Write(outgoing, ref rest);
        Write(configuration.Learners.AsSpan(), ref rest);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false for anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Configuration? configuration)
    {
        configuration = null;
        int lists = bytes.IsEmpty ? 0 : bytes[0] == VotersOnly ? 1 : bytes[0] == Complete ? MaxLists : 0;
        if (lists == 0 || bytes.Length < 1 + lists || bytes[1] == 0)
            return false;

        ReadOnlySpan<byte> counts = bytes.Slice(1, lists);
        ReadOnlySpan<byte> rest = bytes[(1 + lists)..];
        var ids = new BrokerId[MaxLists][];
        for (int i = 0; i < MaxLists; i++)
        {
            if (!TryRead(i < lists ? counts[i] : 0, ref rest, out ids[i]))
                return false;
        }

        VoterSet? outgoing = ids[1].Length == 0 ? null : VoterSet.Of(ids[1]);
        return rest.IsEmpty && Configuration.TryJoin(VoterSet.Of(ids[0]), outgoing, ids[2], out configuration);
    }

    private static bool IsVotersOnly(Configuration configuration) =>
        !configuration.IsJoint && configuration.Learners.IsEmpty;

    private static ReadOnlySpan<BrokerId> OutgoingOf(Configuration configuration) =>
        configuration.Outgoing is { } outgoing ? outgoing.Voters.AsSpan() : default;

    private static void Write(ReadOnlySpan<BrokerId> ids, ref Span<byte> into)
    {
        foreach (BrokerId id in ids)
        {
            BinaryPrimitives.WriteInt32LittleEndian(into, id.Value);
            into = into[sizeof(int)..];
        }
    }

    private static bool TryRead(int count, ref ReadOnlySpan<byte> from, out BrokerId[] ids)
    {
        ids = new BrokerId[count];
        if (from.Length < count * sizeof(int))
            return false;

        for (int i = 0; i < count; i++)
        {
            ids[i] = new BrokerId(BinaryPrimitives.ReadInt32LittleEndian(from));
            from = from[sizeof(int)..];
            if (i > 0 && ids[i] <= ids[i - 1])
                return false;
        }

        return true;
    }
}
