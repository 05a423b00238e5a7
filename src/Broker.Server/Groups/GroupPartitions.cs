namespace Broker.Server.Groups;

/// <summary>Which partition of __consumer_offsets a group belongs to.</summary>
internal static class GroupPartitions
{
    /// <summary>
    /// By the hash that Java gives a string, as Kafka does: 31 times what came before, per UTF-16 unit.
    /// </summary>
    public static int Of(string group, int partitions)
    {
        int hash = 0;
        foreach (char unit in group)
            hash = unchecked((31 * hash) + unit);
        return (hash & int.MaxValue) % partitions;
    }
}
