using System.Globalization;

namespace Broker.Model;

/// <summary>Names a partition's Raft group: the topic's identity (its name may be used again) and the index.</summary>
public readonly record struct PartitionId(TopicId Topic, int Index) : IComparable<PartitionId>
{
    public int CompareTo(PartitionId other)
    {
        int byTopic = Topic.Value.CompareTo(other.Topic.Value);
        return byTopic != 0 ? byTopic : Index.CompareTo(other.Index);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Index}");
}
