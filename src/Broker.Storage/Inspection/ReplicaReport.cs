namespace Broker.Storage.Inspection;

/// <summary>What the files of one replica hold.</summary>
public sealed record ReplicaReport
{
    public required string Directory { get; init; }

    /// <summary>Topic id and index.</summary>
    public required string Partition { get; init; }

    public required int Segments { get; init; }

    public required long Bytes { get; init; }

    public required long Entries { get; init; }

    public required long FirstIndex { get; init; }

    /// <summary>The last entry that is whole; the one before the first if there is none.</summary>
    public required long LastIndex { get; init; }

    public required int LastTerm { get; init; }

    public required long NextOffset { get; init; }

    /// <summary>Known to be flushed up to here, by the vote journal; 0 if there is none.</summary>
    public required long Mark { get; init; }

    /// <summary>Known to be committed up to here, by the vote journal; 0 if there is none.</summary>
    public required long Commit { get; init; }

    public required IReadOnlyList<LogProblem> Problems { get; init; }
}
