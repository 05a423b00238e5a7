namespace Broker.Client;

/// <summary>What a producer waits for before a record counts as written.</summary>
public enum Acks : short
{
    /// <summary>Nothing: the record is sent, and that is all that is known.</summary>
    None = 0,

    /// <summary>The leader has flushed it; it may be lost with the leader.</summary>
    Leader = 1,

    /// <summary>
    /// It is flushed on a majority of the replicas, and on at least <c>min.insync.replicas</c> of them.
    /// </summary>
    All = -1,
}
