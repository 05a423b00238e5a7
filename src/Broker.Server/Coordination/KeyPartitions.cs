namespace Broker.Server.Coordination;

/// <summary>Which partition of a coordinators' topic a group or a transactional id belongs to.</summary>
internal static class KeyPartitions
{
    /// <summary>
    /// By the hash that Java gives a string, as Kafka does: 31 times what came before, per UTF-16 unit.
    /// </summary>
    public static int Of(string key, int partitions)
    {
        int hash = 0;
        foreach (char unit in key)
            hash = unchecked((31 * hash) + unit);
        return (hash & int.MaxValue) % partitions;
    }
}
