using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Who counts in a group (thesis 4): its voters; and who learns, which is to receive everything and to decide nothing
/// (4.2.1). While the voters change it is joint (4.3): it knows the outgoing voters too, and whatever is decided needs
/// a majority of either half. All that is decided by counting is decided here, as a pure function of what is known of
/// each voter. A value, and the payload of a configuration entry.
/// </summary>
public sealed class Configuration : IEquatable<Configuration>
{
    private readonly ImmutableArray<VoterSet> _halves;

    private Configuration(VoterSet voters, VoterSet? outgoing, ImmutableArray<BrokerId> learners)
    {
        Voters = voters;
        Outgoing = outgoing;
        Learners = learners;
        _halves = outgoing is null ? [voters] : [voters, outgoing];
        AllVoters = [.. _halves.SelectMany(half => half.Voters).Distinct().Order()];
        Members = [.. AllVoters.Concat(learners).Distinct().Order()];
    }

    /// <summary>While joint, those who are to vote alone in the end.</summary>
    public VoterSet Voters { get; }

    /// <summary>Null unless joint: those who voted before.</summary>
    public VoterSet? Outgoing { get; }

    /// <summary>
    /// Ascending. While joint an outgoing voter may be among them: it votes still, and learns from then on.
    /// </summary>
    public ImmutableArray<BrokerId> Learners { get; }

    public bool IsJoint => Outgoing is not null;

    /// <summary>The voters of either half, ascending.</summary>
    public ImmutableArray<BrokerId> AllVoters { get; }

    /// <summary>Who is sent the log: voters and learners, ascending.</summary>
    public ImmutableArray<BrokerId> Members { get; }

    /// <summary>In either half at least so many voters hold what is committed.</summary>
    public int Majority => _halves.Min(half => half.Majority);

    /// <param name="learners">None of them may be a voter.</param>
    public static Configuration Of(VoterSet voters, params ReadOnlySpan<BrokerId> learners)
    {
        ImmutableArray<BrokerId> sorted = [.. learners.ToArray().Distinct().Order()];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sorted.Length, VoterSet.MaxVoters, nameof(learners));
        foreach (BrokerId learner in sorted)
        {
            if (voters.Contains(learner))
                throw new ArgumentException($"{learner} votes already", nameof(learners));
        }

        return new Configuration(voters, null, sorted);
    }

    public bool IsVoter(BrokerId broker) => AllVoters.BinarySearch(broker) >= 0;

    public bool IsLearner(BrokerId broker) => !IsVoter(broker) && Learners.BinarySearch(broker) >= 0;

    /// <summary>A majority of the voters agrees; while joint, a majority of either half.</summary>
    public bool IsAgreed(Func<BrokerId, bool> agrees)
    {
        foreach (VoterSet half in _halves)
        {
            if (half.Count(agrees) < half.Majority)
                return false;
        }

        return true;
    }

    /// <summary>
    /// A majority of the voters votes for the candidate; while joint, a majority of either half. Where a half has two
    /// voters and one abstains, the vote of the other is enough: what was committed is on its own disk too, so that it
    /// votes for nobody who lacks it, and the first neither leads nor is counted again before a leader of this term or
    /// a later one has filled it.
    /// </summary>
    public bool Elects(BrokerId candidate, Func<BrokerId, bool> votes, Func<BrokerId, bool> abstains)
    {
        foreach (VoterSet half in _halves)
        {
            bool isLoneOfTwo = half.Voters.Length == 2 && !abstains(candidate)
                && half.Count(votes) == 1 && half.Count(abstains) == 1;
            if (half.Count(votes) < half.Majority && !isLoneOfTwo)
                return false;
        }

        return true;
    }

    /// <summary>The largest value that a majority has reached; while joint, a majority of either half.</summary>
    public long ReachedByMajority(Func<BrokerId, long> reached)
    {
        long least = long.MaxValue;
        foreach (VoterSet half in _halves)
            least = Math.Min(least, half.ReachedBy(half.Majority, reached));

        return least;
    }

    /// <summary>
    /// The largest value that, of any majority, some voter has reached; while joint, of either half's.
    /// </summary>
    public long ReachedByBlocking(Func<BrokerId, long> reached)
    {
        long least = long.MaxValue;
        foreach (VoterSet half in _halves)
            least = Math.Min(least, half.ReachedBy(half.Blocking, reached));

        return least;
    }

    /// <summary>The largest value that so many voters have reached; while joint, so many of either half.</summary>
    public long ReachedBy(int count, Func<BrokerId, long> reached)
    {
        long least = long.MaxValue;
        foreach (VoterSet half in _halves)
            least = Math.Min(least, half.ReachedBy(count, reached));

        return least;
    }

    /// <summary>For how many voters this holds; while joint, of the half where it holds for fewer.</summary>
    public int Count(Func<BrokerId, bool> holds)
    {
        int least = int.MaxValue;
        foreach (VoterSet half in _halves)
            least = Math.Min(least, half.Count(holds));

        return least;
    }

    public bool Equals(Configuration? other) =>
        other is not null && Voters.Equals(other.Voters) && Equals(Outgoing, other.Outgoing)
        && Learners.AsSpan().SequenceEqual(other.Learners.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as Configuration);

    public override int GetHashCode() =>
        (((Voters.GetHashCode() * 397) ^ (Outgoing?.GetHashCode() ?? 0)) * 397) ^ Learners.Length;

    public override string ToString() =>
        $"{Voters}{(IsJoint ? $" of {Outgoing}" : "")}{(Learners.IsEmpty ? "" : $" + {string.Join(", ", Learners)}")}";

    /// <summary>
    /// The next configuration on the way to another one: that one itself while the voters stay, else a joint one.
    /// </summary>
    public Configuration Towards(Configuration target) =>
        target.Voters.Equals(Voters) ? target : new Configuration(target.Voters, Voters, target.Learners);

    /// <summary>What follows a joint configuration; itself when it is not joint.</summary>
    public Configuration Left() => IsJoint ? new Configuration(Voters, null, Learners) : this;

    internal static bool TryJoin(
        VoterSet voters, VoterSet? outgoing, BrokerId[] learners, [NotNullWhen(true)] out Configuration? made)
    {
        made = null;
        if (Array.Exists(learners, voters.Contains))
            return false;

        made = new Configuration(voters, outgoing, [.. learners]);
        return true;
    }
}
