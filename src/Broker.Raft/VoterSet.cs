using System.Buffers.Binary;
using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// A group's configuration: who votes. A value, and the payload of a configuration entry, so that the log says from
/// its first entry on who decided about it. Its format byte leaves room for joint configurations and learners (thesis
/// 4.3).
/// </summary>
public sealed class VoterSet : IEquatable<VoterSet>
{
    private const byte Format = 1;
    private const int MaxVoters = 255;

    private VoterSet(ImmutableArray<BrokerId> voters) => Voters = voters;

    /// <summary>Ascending, each once.</summary>
    public ImmutableArray<BrokerId> Voters { get; }

    /// <summary>How many of them decide.</summary>
    public int Majority => (Voters.Length / 2) + 1;

    public int EncodedSize => 2 + (Voters.Length * sizeof(int));

    public static VoterSet Of(params ReadOnlySpan<BrokerId> voters)
    {
        ImmutableArray<BrokerId> sorted = [.. voters.ToArray().Distinct().Order()];
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(voters));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sorted.Length, MaxVoters, nameof(voters));
        return new VoterSet(sorted);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false for anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out VoterSet? set)
    {
        set = null;
        if (bytes.Length < 2 || bytes[0] != Format || bytes[1] == 0 || bytes.Length != 2 + (bytes[1] * sizeof(int)))
            return false;

        Span<BrokerId> voters = stackalloc BrokerId[bytes[1]];
        for (int i = 0; i < voters.Length; i++)
            voters[i] = new BrokerId(BinaryPrimitives.ReadInt32LittleEndian(bytes[(2 + (i * sizeof(int)))..]));

        for (int i = 1; i < voters.Length; i++)
        {
            if (voters[i] <= voters[i - 1])
                return false;
        }

        set = Of(voters);
        return true;
    }

    /// <summary>
    /// Writes <see cref="EncodedSize"/> bytes: format, number of voters, their ids in little-endian.
    /// </summary>
    public void Encode(Span<byte> into)
    {
        into[0] = Format;
        into[1] = (byte)Voters.Length;
        for (int i = 0; i < Voters.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(into[(2 + (i * sizeof(int)))..], Voters[i].Value);
    }

    public bool Contains(BrokerId broker) => IndexOf(broker) >= 0;

    public bool Equals(VoterSet? other) => other is not null && Voters.AsSpan().SequenceEqual(other.Voters.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as VoterSet);

    public override int GetHashCode() => (((Voters.Length * 397) ^ Voters[0].Value) * 397) ^ Voters[^1].Value;

    public override string ToString() => $"[{string.Join(", ", Voters)}]";

    internal int IndexOf(BrokerId broker) => Voters.BinarySearch(broker);
}
