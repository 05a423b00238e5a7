namespace Broker.Storage.Tests.Logs;

/// <summary>An entry in the model.</summary>
internal sealed record ModelEntry(long Index, int Term, long Offset, int Span, EntryKind Kind)
{
    public long Timestamp { get; private init; }

    public byte[] Frame { get; private init; } = [];

    public static ModelEntry Of(LogEntry entry) =>
        new(entry.Index.Value, entry.Term.Value, entry.Offset.Value, entry.OffsetSpan, entry.Kind)
        {
            Timestamp = entry.MaxTimestamp,
            Frame = entry.Frame.ToArray(),
        };

    public bool Equals(ModelEntry? other) => other is not null && Frame.AsSpan().SequenceEqual(other.Frame);

    public override int GetHashCode() => Index.GetHashCode();
}
