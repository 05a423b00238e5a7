using Broker.Model;

namespace Broker.Metadata;

/// <summary>Who may be a broker of this cluster.</summary>
public static class BrokerPlanner
{
    /// <summary>
    /// Takes a broker process in. The same incarnation (data directory) may always come back. A new one under an id
    /// that is registered takes the id over once its predecessor is fenced; while that one is alive, it is refused. So
    /// is a second process of one incarnation while the first is seen to live: a copy of its data directory would
    /// acknowledge and vote in its name.
    /// </summary>
    /// <param name="seen">The process of that broker with which there is a connection, if there is one.</param>
    public static Plan Register(ClusterImage image, BrokerWish wish, ProcessIncarnation? seen = null)
    {
        BrokerRegistered details = wish.Details;
        if (!wish.Cluster.IsEmpty && wish.Cluster != image.ClusterId)
        {
            return Plan.Refuse(
                RefusalReason.WrongCluster,
                $"Broker {details.Broker} has data of cluster {wish.Cluster}; this is cluster {image.ClusterId}.");
        }

        if (image.Level < details.OldestLevel || image.Level > details.NewestLevel)
        {
            return Plan.Refuse(
                RefusalReason.UnsupportedLevel,
                $"Broker {details.Broker} knows feature levels {details.OldestLevel} to {details.NewestLevel}; this "
                + $"cluster is at {image.Level}. Start it with "
                + $"{(image.Level > details.NewestLevel ? "a newer" : "an older")} version.");
        }

        if (!image.Brokers.TryGetValue(details.Broker, out BrokerRegistration? old))
        {
            return Plan.Of(details);
        }

        if (old.Incarnation != details.Incarnation && old.IsAlive)
        {
            return Plan.Refuse(
                RefusalReason.DuplicateBroker,
                $"Broker id {details.Broker} belongs to a broker that is alive at {old.Peer} with another data "
                + $"directory (incarnation {old.Incarnation}, not {details.Incarnation}).");
        }

        if (old.IsAlive && old.Process != details.Process && seen == old.Process)
        {
            return Plan.Refuse(
                RefusalReason.DuplicateBroker,
                $"Broker {details.Broker} runs at {old.Peer} already, on this data directory or one that this is a "
                + $"copy of (incarnation {details.Incarnation}): stop that process first, or delete this directory and "
                + "start with another broker.id.");
        }

        return old.IsAlive && IsSame(old.Details, details) ? Plan.Nothing : Plan.Of(details);
    }

    private static bool IsSame(BrokerRegistered left, BrokerRegistered right) =>
        left with { Listeners = [] } == right with { Listeners = [] } && left.Listeners.SequenceEqual(right.Listeners);
}
