using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Simulation.Invariants;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>
/// Left alone, every replica of a world falls asleep, and no group says anything from then on. Then one broker dies,
/// falls silent or loses its links: all groups have leaders again among the others, as soon as those of groups that are
/// awake.
/// </summary>
internal sealed class SleepTrial(ReplicaWorld world)
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong; null for nothing.</summary>
    public string? Run()
    {
        if (world.HostOptions.Raft.SleepTicks == 0)
            return null;

        if (!world.RunUntil(world.Options.Recovery, () => world.Seats.All(SleepsAll)))
            return world.Findings.First ?? $"Liveness: they don't sleep: {Describe()}";

        // What was under way may still be answered.
        world.RunFor(Settling);
        long said = world.MessagesOfGroups;
        world.RunFor(Silence);
        if (world.MessagesOfGroups != said)
            return $"{world.MessagesOfGroups - said} messages of groups that sleep";

        ReplicaSeat victim = world.Seats[world.Queue.Random.Next(world.Seats.Count)];
        Strike(victim);
        bool led = world.RunUntil(Failover, () => world.Groups.All(group => IsLedWithout(victim, group)));
        if (world.Findings.First is { } broken)
            return broken;
        if (!led)
            return $"Liveness: without broker {victim.Id} nobody leads: {Describe()}";

        world.Heal();
        return world.Converge("after it was asleep");
    }

    private void Strike(ReplicaSeat victim)
    {
        switch (world.Queue.Random.Next(3))
        {
            case 0:
                victim.Kill();
                break;
            case 1:
                victim.PowerOff();
                break;
            default:
                foreach (ReplicaSeat other in world.Seats.Where(other => other != victim))
                {
                    world.Network.Cut(victim.Id, other.Id);
                    world.Network.Cut(other.Id, victim.Id);
                }

                break;
        }
    }

    private bool IsLedWithout(ReplicaSeat victim, GroupRecord group) => world.Seats.Any(seat =>
        seat != victim && seat.Find(group) is { Status: { IsLeaderReady: true, Term: var term } }
        && term >= world.Seats.Max(other => other.Find(group)?.Status.Term ?? Term.Zero));

    private bool SleepsAll(ReplicaSeat seat) =>
        seat.IsComplete && world.Groups.All(seat.IsAsleep);

    private string Describe() => string.Join("; ", world.Groups.Select(group => $"{group.Name}: "
        + string.Join(", ", world.Seats.Select(seat => Describe(seat, seat.Find(group))))));

    private static string Describe(ReplicaSeat seat, Replica? replica) => replica is null
        ? $"{seat.Id} is not there"
        : $"{seat.Id} {replica.Status.Role} term {replica.Status.Term} leader {replica.Status.Leader}"
            + (replica.Owner.IsAsleep ? " asleep" : "");
}
