namespace Broker.Storage.Inspection;

/// <summary>What <see cref="LogVerify"/> found.</summary>
public sealed record VerifyReport
{
    public required IReadOnlyList<ReplicaReport> Replicas { get; init; }

    public required IReadOnlyList<PartitionComparison> Partitions { get; init; }

    /// <summary>Nothing is wrong but, at most, a torn end of a log.</summary>
    public bool IsClean =>
        Replicas.All(replica => !replica.Problems.Any(problem => problem.IsError))
        && Partitions.All(partition => partition.Mismatches.Count == 0);
}
