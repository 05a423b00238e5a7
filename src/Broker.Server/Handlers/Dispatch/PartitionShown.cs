using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Controller;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>A partition as clients are shown it.</summary>
internal readonly record struct PartitionShown(
    IClusterView Cluster, PartitionImage Partition, LeaderView Leader, ErrorCode Error)
{
    public static PartitionShown Of(IClusterView cluster, TopicImage topic, int index)
    {
        LeaderView leader = cluster.ReaderOf(topic, index);
        ErrorCode error = leader.Leader == BrokerId.None ? ErrorCode.LeaderNotAvailable : ErrorCode.None;
        return new PartitionShown(cluster, topic.Partitions[index], leader, error);
    }

    /// <summary>
    /// All replicas; those in sync by the last report that live, and the leader; those whose broker is dead.
    /// </summary>
    public void FillReplicas(List<BrokerId> replicas, List<BrokerId> inSync, List<BrokerId> offline)
    {
        foreach (BrokerId replica in Partition.Replicas)
        {
            replicas.Add(replica);
            if (!Cluster.IsAlive(replica))
                offline.Add(replica);
            else if (replica == Leader.Leader || Partition.InSync.Contains(replica))
                inSync.Add(replica);
        }
    }
}
