namespace Broker.Storage.Inspection;

/// <summary>
/// How the replicas of one partition compare. They may differ in an uncommitted tail, and only in one way: from some
/// entry on the terms differ. Where two replicas hold the same term at an index, both are the same up to there, byte
/// for byte (log matching, figure 3.2 of the thesis); and below what is known to be committed no terms differ at all.
/// </summary>
public sealed record PartitionComparison
{
    public required string Partition { get; init; }

    public required IReadOnlyList<string> Directories { get; init; }

    /// <summary>The first entry that at least two replicas hold.</summary>
    public required long ComparedFrom { get; init; }

    /// <summary>The last one.</summary>
    public required long ComparedTo { get; init; }

    /// <summary>Up to here all replicas that hold an entry hold the same.</summary>
    public required long AgreedTo { get; init; }

    /// <summary>Up to here at least one replica knew that it was committed.</summary>
    public required long Commit { get; init; }

    /// <summary>What contradicts the above: each is lost or changed data.</summary>
    public required IReadOnlyList<string> Mismatches { get; init; }
}
