using System.Collections.Immutable;

namespace Broker.Metadata;

/// <summary>Raises the cluster's feature level, and refuses what needs a newer one.</summary>
public static class FeatureLevelPlanner
{
    /// <summary>
    /// Nothing where the cluster is at that level already. Only brokers that are alive are asked: one that is gone
    /// and does not know the level is told so when it comes back.
    /// </summary>
    public static Plan Raise(ClusterImage image, int level)
    {
        if (level == image.Level)
            return Plan.Nothing;

        if (level < image.Level)
        {
            return Plan.Refuse(
                RefusalReason.InvalidLevel,
                $"The cluster is at feature level {image.Level}, and goes back to none: what was written at it could "
                + "not be read any more.");
        }

        ImmutableArray<BrokerRegistration> older =
            [.. image.Brokers.Values.Where(broker => broker.IsAlive && broker.Details.NewestLevel < level)];
        if (!older.IsEmpty)
        {
            return Plan.Refuse(
                RefusalReason.UnsupportedLevel,
                $"{string.Join(", ", older.Select(Told))}, so that the cluster stays at {image.Level}: update and "
                + "restart it, or stop it if it is not to come back; then run `broker cluster finalize` again.");
        }

        return level <= FeatureLevel.Newest
            ? Plan.Of(new FeatureLevelRaised(level))
            : Plan.Refuse(
                RefusalReason.UnsupportedLevel,
                $"This version knows feature levels {FeatureLevel.Oldest} to {FeatureLevel.Newest}, not {level}.");
    }

    /// <summary>Null where the cluster is at the level that something needs.</summary>
    /// <param name="what">The subject of the message's first sentence.</param>
    internal static Refusal? Require(ClusterImage image, int level, string what) => image.Level >= level
        ? null
        : new Refusal(
            RefusalReason.LevelTooOld,
            $"{what} needs feature level {level}; this cluster is at {image.Level}. Update all brokers, then run "
            + "`broker cluster finalize`.");

    private static string Told(BrokerRegistration broker) =>
        $"Broker {broker.Id} supports feature levels {broker.Details.OldestLevel} to {broker.Details.NewestLevel}";
}
