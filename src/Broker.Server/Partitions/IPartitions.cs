using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>The partitions of which this broker has a replica. Any thread.</summary>
public interface IPartitions
{
    /// <summary>Null if this broker has no replica of it, or not yet.</summary>
    IPartition? Find(in PartitionId id);

    /// <summary>In the order of their ids.</summary>
    IReadOnlyList<IPartition> All();
}
