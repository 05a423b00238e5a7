using Broker.Model;
using Broker.Simulation.Invariants;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>
/// The power of all fails just when a value of a relaxed group is acknowledged and flushed on no disk, and no disk
/// keeps anything that is not flushed. So it has to be lost, and the group has to go on without it.
/// </summary>
internal sealed class LossTrial(ReplicaWorld world)
{
    /// <summary>What is wrong; null for nothing.</summary>
    public string? Run()
    {
        if (world.Groups.Find(group => group.IsRelaxed) is not { } group)
            return null;

        if (!world.RunUntil(world.Options.Recovery, IsAcknowledgedUnflushed(group)))
            return world.Findings.First ?? $"{group.Name}: nothing is acknowledged before it is flushed";

        long lost = group.Lost;
        foreach (ReplicaSeat seat in world.Seats)
        {
            seat.PowerOff();
            seat.Disk.KeepsUnflushed = false;
        }

        foreach (ReplicaSeat seat in world.Seats)
        {
            seat.Start();
            seat.Disk.KeepsUnflushed = true;
        }

        return world.Converge("after a power cut that loses what is not flushed")
            ?? (group.Lost > lost ? null : $"{group.Name}: what no disk has kept is not lost");
    }

    private Func<bool> IsAcknowledgedUnflushed(GroupRecord group)
    {
        TestProposal value = world.Clients.Make(group, replicas: 1, leaderOnly: false);
        return () =>
        {
            if (value.Index > LogIndex.Zero && !world.Seats.Any(seat => seat.IsDurable(group, value.Token)))
                return true;

            if (!world.Clients.IsOpen(value))
                value = world.Clients.Offer(group, value);
            return false;
        };
    }
}
