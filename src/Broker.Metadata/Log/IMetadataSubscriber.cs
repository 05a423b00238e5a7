namespace Broker.Metadata;

/// <summary>
/// Hears what the metadata log commits. Calls come one at a time, in the log's order, on a thread of the log's choice:
/// they must be quick, must not block on the log, and must not throw (an exception stops the broker).
/// </summary>
public interface IMetadataSubscriber
{
    /// <summary>Everything may have changed: at subscription, and where a snapshot replaced entries.</summary>
    void Loaded(ClusterImage image);

    /// <summary>One entry was applied; <paramref name="image"/> is the image after it.</summary>
    void Applied(ClusterImage image, IReadOnlyList<MetadataRecord> records);

    /// <summary>Another leader, another term, or none.</summary>
    void LeadershipChanged(MetadataLeadership leadership);
}
