using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>A partition whose replicas a plan moves about.</summary>
/// <param name="bytes">What each of its replicas takes.</param>
/// <param name="isFixed">It is counted, and stays.</param>
internal sealed class MovablePartition(TopicPartition name, BrokerId[] replicas, long bytes, bool isFixed)
{
    private readonly BrokerId[] _before = [.. replicas];

    public TopicPartition Name => name;

    /// <summary>The preferred leader first.</summary>
    public BrokerId[] Replicas => replicas;

    public long Bytes => bytes;

    public bool IsFixed => isFixed;

    public bool IsChanged => !_before.SequenceEqual(replicas);

    /// <summary>A tenth more than it takes: records go on being written while it is copied.</summary>
    public long BytesNeeded => bytes + (bytes / 10);

    /// <summary>Before the plan: nothing is to be copied there.</summary>
    public bool WasOn(BrokerId broker) => _before.Contains(broker);

    public void Replace(BrokerId from, BrokerId to) => replicas[Array.IndexOf(replicas, from)] = to;
}
