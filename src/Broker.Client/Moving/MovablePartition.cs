using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>A partition whose replicas a plan moves about.</summary>
internal sealed class MovablePartition(string topic, int index, BrokerId[] replicas, bool isFixed)
{
    private readonly BrokerId[] _before = [.. replicas];

    public string Topic => topic;

    public int Index => index;

    /// <summary>The preferred leader first.</summary>
    public BrokerId[] Replicas => replicas;

    /// <summary>It is counted, and stays.</summary>
    public bool IsFixed => isFixed;

    public bool IsChanged => !_before.SequenceEqual(replicas);
}
