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

    public void Replace(BrokerId from, BrokerId to) => replicas[Array.IndexOf(replicas, from)] = to;
}
