namespace Broker.Storage.Inspection;

/// <summary>
/// Verifies replicas offline, each for itself and those of one partition against each other. Changes nothing.
/// </summary>
public static class LogVerify
{
    /// <param name="files">Where the directories are.</param>
    /// <param name="paths">Brokers' data directories, or topics' or partitions' directories in them.</param>
    public static VerifyReport Run(IFileSystem files, IReadOnlyList<string> paths)
    {
        List<ReplicaDirectory> replicas = [.. paths.SelectMany(path => ReplicaDirectory.Find(files, path))];
        List<ReplicaReport> reports = [];
        List<PartitionComparison> comparisons = [];
        foreach (IGrouping<string, ReplicaDirectory> partition in replicas
            .GroupBy(replica => replica.Partition, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            using var comparing = new ReplicaComparer(files, [.. partition]);
            comparing.Run();
            reports.AddRange(comparing.Reports());
            if (partition.Count() > 1)
                comparisons.Add(comparing.Comparison(partition.Key));
        }

        return new VerifyReport { Replicas = reports, Partitions = comparisons };
    }
}
