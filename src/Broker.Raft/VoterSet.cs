using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Raft;

/// <summary>Brokers of which a majority decides. A value.</summary>
public sealed class VoterSet : IEquatable<VoterSet>
{
    public const int MaxVoters = 255;

    private VoterSet(ImmutableArray<BrokerId> voters) => Voters = voters;

    /// <summary>Ascending, each once.</summary>
    public ImmutableArray<BrokerId> Voters { get; }

    /// <summary>How many of them decide.</summary>
    public int Majority => (Voters.Length / 2) + 1;

    /// <summary>So many of them, and there is no majority without one of these.</summary>
    public int Blocking => Voters.Length - Majority + 1;

    public static VoterSet Of(params ReadOnlySpan<BrokerId> voters)
    {
        ImmutableArray<BrokerId> sorted = [.. voters.ToArray().Distinct().Order()];
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(voters));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sorted.Length, MaxVoters, nameof(voters));
        return new VoterSet(sorted);
    }

    public bool Contains(BrokerId broker) => Voters.BinarySearch(broker) >= 0;

    /// <summary>For how many of them this holds.</summary>
    public int Count(Func<BrokerId, bool> holds)
    {
        int count = 0;
        foreach (BrokerId voter in Voters)
        {
            if (holds(voter))
                count++;
        }

        return count;
    }

    public bool Equals(VoterSet? other) => other is not null && Voters.AsSpan().SequenceEqual(other.Voters.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as VoterSet);

    public override int GetHashCode() => (((Voters.Length * 397) ^ Voters[0].Value) * 397) ^ Voters[^1].Value;

    public override string ToString() => $"[{string.Join(", ", Voters)}]";

    /// <summary>
    /// The largest value that at least <paramref name="count"/> of them have reached; 0 when there are not so many.
    /// </summary>
    internal long ReachedBy(int count, Func<BrokerId, long> reached)
    {
        if (count > Voters.Length)
            return 0;

        // Groups are small: an insertion into a sorted handful of numbers, the largest first, is all it takes.
        Span<long> values = stackalloc long[Voters.Length];
        for (int i = 0; i < Voters.Length; i++)
        {
            long value = reached(Voters[i]);
            int at = i;
            for (; at > 0 && values[at - 1] < value; at--)
                values[at] = values[at - 1];

            values[at] = value;
        }

        return values[count - 1];
    }
}
