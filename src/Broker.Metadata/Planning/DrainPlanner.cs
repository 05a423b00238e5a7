using Broker.Model;

namespace Broker.Metadata;

/// <summary>A broker is to leave the cluster, or to stay after all: the mark alone, nothing is moved by it.</summary>
public static class DrainPlanner
{
    /// <summary>One <see cref="BrokerDraining"/>, nothing where it is marked so already, or why not.</summary>
    public static Plan Mark(ClusterImage image, BrokerId broker, bool isDraining)
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

        return isDraining && CheckRoom(image, broker) is { } refusal
            ? refusal
            : Plan.Of(new BrokerDraining(broker, isDraining));
    }

    internal static string GetsNone(BrokerId broker) =>
        $"Broker {broker} is being drained and gets no new replicas: name another one, or let it stay (broker cluster "
        + $"decommission {broker} --cancel).";

    private static Refusal? CheckRoom(ClusterImage image, BrokerId leaving)
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

        foreach (TopicImage topic in image.Topics.Values)
        {
            for (int i = 0; i < topic.Partitions.Count; i++)
            {
                var replicas = topic.Partitions[i].Target;
                if (replicas.Contains(leaving) && takers.All(replicas.Contains))
                {
                    return NoRoom(
                        $"{topic.Name}/{i} has its replicas on {string.Join(", ", replicas)}, and no other broker "
                        + $"lives that could take the one of broker {leaving}",
                        ", or reassign that partition to fewer replicas");
                }
            }
        }

        return null;
    }

    private static Refusal NoRoom(string why, string or = "") => new(
        RefusalReason.NoRoom, $"{why}: start another broker first, or let one stay that is being drained{or}.");
}
