using Broker.Model;

namespace Broker.Server.Groups.State;

/// <summary>Partitions in the ordinal order of their topics, then of their numbers.</summary>
internal sealed class ByTopic : IComparer<TopicPartition>
{
    public static readonly ByTopic Order = new();

    public int Compare(TopicPartition one, TopicPartition other)
    {
        int topics = string.CompareOrdinal(one.Topic, other.Topic);
        return topics != 0 ? topics : one.Partition.CompareTo(other.Partition);
    }
}
