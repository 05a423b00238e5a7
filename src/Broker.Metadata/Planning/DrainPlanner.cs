using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>A broker is to leave the cluster, or to stay after all: the mark alone, nothing is moved by it.</summary>
public static class DrainPlanner
{
    /// <summary>One <see cref="BrokerDraining"/>, nothing where it is marked so already, or why not.</summary>
    /// <param name="disks">What brokers tell of theirs; one that does not tell is taken to have room.</param>
    public static Plan Mark(
        ClusterImage image,
        BrokerId broker,
        bool isDraining,
        IReadOnlyDictionary<BrokerId, RoomReport> disks)
    {
        if (image.Level < FeatureLevel.Draining)
        {
            return Plan.Refuse(
                RefusalReason.LevelTooOld,
                $"Draining a broker needs feature level {FeatureLevel.Draining}; this cluster is at {image.Level}. "
                + "Update all brokers, then raise the level.");
        }

        if (!image.Brokers.TryGetValue(broker, out BrokerRegistration? found))
        {
            return Plan.Refuse(
                RefusalReason.InvalidRequest,
                $"Broker {broker} is not registered; the brokers are {string.Join(", ", image.Brokers.Keys)}.");
        }

        if (found.IsDraining == isDraining)
        {
            return Plan.Nothing;
        }

        return isDraining && CheckRoom(image, broker, disks) is { } refusal
            ? refusal
            : Plan.Of(new BrokerDraining(broker, isDraining));
    }

    internal static string GetsNone(BrokerId broker) =>
        $"Broker {broker} is being drained and gets no new replicas: name another one, or let it stay (broker cluster "
        + $"decommission {broker} --cancel).";

    private static Refusal? CheckRoom(
        ClusterImage image, BrokerId leaving, IReadOnlyDictionary<BrokerId, RoomReport> disks)
    {
        BrokerId[] takers =
        [
            .. image.Brokers.Values.Where(broker => broker.IsAlive && !broker.IsDraining && broker.Id != leaving)
                .Select(broker => broker.Id),
        ];
        if (takers.Length == 0)
        {
            return NoRoom($"Without broker {leaving} no broker would be left that lives and takes replicas");
        }

        (string Name, PartitionId Id, ImmutableArray<BrokerId> Replicas)[] there =
        [
            .. from topic in image.Topics.Values
            from i in Enumerable.Range(0, topic.Partitions.Count)
            where topic.Partitions[i].Target.Contains(leaving)
            select ($"{topic.Name}/{i}", new PartitionId(topic.Id, i), topic.Partitions[i].Target),
        ];
        foreach ((string name, _, ImmutableArray<BrokerId> replicas) in there)
        {
            if (takers.All(replicas.Contains))
            {
                return NoRoom(
                    $"{name} has its replicas on {string.Join(", ", replicas)}, and no other broker "
                    + $"lives that could take the one of broker {leaving}",
                    ", or reassign that partition to fewer replicas");
            }
        }

        // The largest first, each to the roomiest disk: what does not fit so would not fit well in any other way.
        var room = new RoomLeft(image, disks);
        foreach ((string name, PartitionId id, ImmutableArray<BrokerId> replicas) in
            there.OrderByDescending(each => room.SizeOf(each.Id)))
        {
            BrokerId roomiest = takers.Where(taker => !replicas.Contains(taker)).MaxBy(room.Of);
            if (!room.Has(roomiest, id))
            {
                return NoRoom(
                    $"{name} takes {room.SizeOf(id)} bytes, and beside what else would have to go there no other "
                    + "broker has that much room on its disk",
                    ", or delete records");
            }

            room.Take(roomiest, id);
        }

        return null;
    }

    private static Refusal NoRoom(string why, string or = "") => new(
        RefusalReason.NoRoom, $"{why}: start another broker first, or let one stay that is being drained{or}.");
}
