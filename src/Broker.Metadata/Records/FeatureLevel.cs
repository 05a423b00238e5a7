namespace Broker.Metadata;

/// <summary>
/// What a cluster has agreed to write. New record kinds wait for a new level, and the level is raised only when every
/// broker knows it, so that a rolling upgrade never shows a broker a record that it can't read.
/// </summary>
public static class FeatureLevel
{
    public const int Oldest = 1;

    /// <summary>The newest level that this build reads and writes.</summary>
    public const int Newest = 4;

    /// <summary>From here on replicas can be moved.</summary>
    public const int Reassignments = 2;

    /// <summary>From here on a broker can be drained.</summary>
    public const int Draining = 2;

    /// <summary>
    /// From here on groups are coordinated: an older broker would keep checkpoints of __consumer_offsets that leave
    /// out what its log says.
    /// </summary>
    public const int Groups = 3;

    /// <summary>From here on a topic may be relaxed: everybody knows how its leaders are elected.</summary>
    public const int Relaxed = 3;

    /// <summary>From here on the configs of a topic can be changed.</summary>
    public const int TopicConfigs = 4;

    /// <summary>
    /// From here on transactions are coordinated: an older broker would keep checkpoints that leave out what is open,
    /// and would show its readers what was aborted.
    /// </summary>
    public const int Transactions = 4;
}
