using Broker.Replication;
using Broker.Simulation.Invariants;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>
/// Bits decay in logs that nobody reads, in one replica of each group: the scrub of that broker meets all of it, the
/// replicas are opened anew and filled by the others. (That nothing is met where nothing decayed, seats watch always.)
/// </summary>
internal sealed class ScrubTrial(ReplicaWorld world)
{
    /// <summary>What is wrong; null for nothing.</summary>
    public string? Run()
    {
        if (world.HostOptions.ScrubInterval == TimeSpan.Zero)
            return null;

        ReplicaSeat victim =
            world.Seats.FirstOrDefault(seat => seat.IsRotten) ?? world.Seats[world.Seed % world.Seats.Count];
        List<(GroupRecord Group, Replica Before)> damaged =
            [.. world.Groups.Where(group => victim.Decay(group, butNewest: 2)).Select(group => Of(victim, group))];
        bool met = world.RunUntil(world.Options.Recovery, () => damaged.TrueForAll(
            one => victim.Find(one.Group) is { } now && now != one.Before));
        if (world.Findings.First is { } broken)
            return broken;
        if (!met)
            return $"the scrub of {victim.Name} does not meet what decayed";
        return world.Converge("after damage was met by the scrub") ?? world.ReadBack();
    }

    private static (GroupRecord Group, Replica Before) Of(ReplicaSeat victim, GroupRecord group) =>
        (group, victim.Find(group)!);
}
