using Broker.Model;

namespace Broker.Client.Moving;

// A step takes a replica from a broker to one with fewer bytes and, unless that leaves replicas no less even than they
// were, another one back; both then have more than the one had and less than the other. One of the two is out of
// bounds. So no broker ever gets further from the mean, and there is an end.
//
// Where the racks allow every move, there is a step as long as a broker is out of bounds by more than the largest
// partition: of two sets of replicas of which one takes more, some pair differs the same way.

/// <summary>
/// Evens out bytes where counts of replicas are settled: each broker within a tenth of the mean, or as near to it as
/// whole partitions allow.
/// </summary>
internal static class ByteBalance
{
    /// <summary>Fewer than this to both sides of the mean are not worth a copy.</summary>
    public const long Negligible = 1 << 20;

    public static bool TryStep(ReplicaSpread spread)
    {
        (long least, long most) = BoundsOf(spread);
        BrokerId[] byBytes = [.. spread.Takers.OrderByDescending(broker => spread.Bytes[broker])];
        foreach (BrokerId from in byBytes)
        {
            foreach (BrokerId to in byBytes.Reverse())
            {
                bool isNeeded = spread.Bytes[from] > most || spread.Bytes[to] < least;
                if (isNeeded && spread.Bytes[from] > spread.Bytes[to] && TryStep(spread, from, to))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Those that are out of bounds, ascending.</summary>
    public static IReadOnlyList<UnevenBroker> Remainder(ReplicaSpread spread)
    {
        (long least, long most) = BoundsOf(spread);
        return
        [
            .. spread.Takers.Where(broker => spread.Bytes[broker] < least || spread.Bytes[broker] > most)
                .Select(broker => Explain(spread, broker, (least + most) / 2, (most - least) / 2)),
        ];
    }

    private static (long Least, long Most) BoundsOf(ReplicaSpread spread)
    {
        long mean = spread.Bytes.Values.Sum() / Math.Max(1, spread.Takers.Count);
        long tolerance = Math.Max(mean / 10, Negligible);
        return (mean - tolerance, mean + tolerance);
    }

    // One that has too much may have it in one piece; one that has too little may find no piece that is small enough.
    private static UnevenBroker Explain(ReplicaSpread spread, BrokerId broker, long mean, long tolerance)
    {
        bool hasTooMuch = spread.Bytes[broker] > mean;
        MovablePartition? largest = spread.Partitions
            .Where(partition => !hasTooMuch || partition.Replicas.Contains(broker))
            .MaxBy(partition => partition.Bytes);
        bool isTooLarge = largest?.Bytes > tolerance;
        return new UnevenBroker(
            broker, spread.Bytes[broker], mean, isTooLarge ? largest!.Name : null, isTooLarge ? largest!.Bytes : 0);
    }

    private static bool TryStep(ReplicaSpread spread, BrokerId from, BrokerId to)
    {
        MovablePartition?[] back =
        [
            .. spread.Replicas[from] > spread.Replicas[to] ? new MovablePartition?[] { null } : [],
            .. spread.Movable(to, from).OrderBy(partition => partition.Bytes),
        ];
        MovablePartition[] there = [.. spread.Movable(from, to)];

        // About half of what they differ by, if it can be had, so that few steps suffice.
        long gap = spread.Bytes[from] - spread.Bytes[to];
        long least = Math.Max(1, gap / 4);
        if ((Cheapest(there, back, least, gap - least) ?? Cheapest(there, back, 1, gap - 1)) is not { } found)
            return false;

        spread.Move(found.There, from, to);
        if (found.Back is { } other)
            spread.Move(other, to, from);
        return true;
    }

    // Of the pairs whose difference is within bounds the one that copies the fewest bytes.
    private static (MovablePartition There, MovablePartition? Back)? Cheapest(
        MovablePartition[] there, MovablePartition?[] back, long least, long most)
    {
        (MovablePartition There, MovablePartition? Back)? best = null;
        long cost = long.MaxValue;
        foreach (MovablePartition partition in there)
        {
            int at = FirstOfAtLeast(back, partition.Bytes - most);
            if (at == back.Length || partition.Bytes - SizeOf(back[at]) < least)
                continue;
            if (partition.Bytes + SizeOf(back[at]) < cost)
                (best, cost) = ((partition, back[at]), partition.Bytes + SizeOf(back[at]));
        }

        return best;
    }

    private static int FirstOfAtLeast(MovablePartition?[] ascending, long bytes)
    {
        (int low, int high) = (0, ascending.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = SizeOf(ascending[middle]) < bytes ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static long SizeOf(MovablePartition? partition) => partition?.Bytes ?? 0;
}
