using MessagePack;

namespace Broker.Metadata;

/// <summary>
/// A fact about the cluster. Only a committed record changes a <see cref="ClusterImage"/>. Numbers of kinds and keys
/// are for ever: a kind that is added takes the next number and a <see cref="FeatureLevel"/> of its own.
/// </summary>
[Union(0, typeof(ClusterCreated))]
[Union(1, typeof(BrokerRegistered))]
[Union(2, typeof(BrokerFenced))]
[Union(3, typeof(TopicCreated))]
[Union(4, typeof(TopicDeleted))]
[Union(5, typeof(PartitionsAdded))]
[Union(6, typeof(LeadershipReported))]
[Union(7, typeof(ProducerIdsAllocated))]
[Union(8, typeof(BrokerUnfenced))]
[Union(9, typeof(PartitionsReassigned))]
[Union(10, typeof(ReassignmentsFinished))]
[Union(13, typeof(BrokerDraining))]
[Union(17, typeof(FeatureLevelRaised))]
[Union(18, typeof(TopicConfigsChanged))]
public abstract record MetadataRecord
{
    /// <summary>The feature level from which on this record may be proposed.</summary>
    [IgnoreMember]
    public virtual int RequiredLevel => FeatureLevel.Oldest;
}
