namespace Broker.Server.Groups.Classic;

/// <summary>What a classic group is doing; how one leads to another stands in <see cref="ClassicGroup"/>.</summary>
public enum GroupState
{
    /// <summary>No members; it may have offsets.</summary>
    Empty,

    /// <summary>Waits for its members to join the next generation.</summary>
    PreparingRebalance,

    /// <summary>All know the generation; the leader's assignment is awaited, or not durable yet.</summary>
    CompletingRebalance,

    /// <summary>The assignment is durable and every member can have its part.</summary>
    Stable,

    /// <summary>Deleted, or led by another broker now. Nothing leads out of it.</summary>
    Dead,
}
