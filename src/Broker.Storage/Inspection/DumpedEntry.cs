namespace Broker.Storage.Inspection;

/// <summary>One entry, as <c>broker log dump</c> shows it.</summary>
public sealed record DumpedEntry
{
    public required long Index { get; init; }

    public required int Term { get; init; }

    public required string Kind { get; init; }

    public required long Offset { get; init; }

    /// <summary>How many offsets it takes.</summary>
    public required int Span { get; init; }

    public required long MaxTimestamp { get; init; }

    /// <summary>The length of the whole frame.</summary>
    public required int Bytes { get; init; }

    /// <summary>What the leader that framed it had flushed.</summary>
    public required long WriterFlushed { get; init; }

    public required string File { get; init; }

    public required long Position { get; init; }
}
