using Broker.Model;
using Xunit;

namespace Broker.Storage.Tests.Logs;

/// <summary>What a log should be: a list of entries, and the lists that it was before each truncation.</summary>
internal sealed class ModelLog
{
    private readonly List<List<ModelEntry>> _versions = [[]];

    public List<ModelEntry> Entries => _versions[^1];

    /// <summary>What must survive: flushed, and not truncated since.</summary>
    public long Flushed { get; set; }

    /// <summary>What may not be truncated.</summary>
    public long Committed { get; set; }

    public long LogStart { get; set; } = 1;

    /// <summary>Where it begins for clients: in the midst of a batch, too.</summary>
    public long LogStartOffset { get; set; }

    /// <summary>As of the last checkpoint, or orderly end: from there on it does not go back.</summary>
    public long DurableStartOffset { get; set; }

    public long HighWatermark => Committed < Entries.Count ? Entries[(int)Committed].Offset : NextOffset;

    public long Last => Entries.Count;

    public long NextOffset => Entries.Count == 0 ? 0 : Entries[^1].Offset + Entries[^1].Span;

    public int LastTerm => Entries.Count == 0 ? 0 : Entries[^1].Term;

    public void Append(LogEntry entry) => Entries.Add(ModelEntry.Of(entry));

    public void TruncateFrom(long index)
    {
        _versions.Add(Entries.GetRange(0, (int)index - 1));
        Flushed = Math.Min(Flushed, index - 1);
    }

    /// <summary>
    /// After a crash: the log is a beginning of what it was at some time, and holds all that was flushed.
    /// </summary>
    public void Recovered(PartitionLog log, string because)
    {
        Assert.True(log.Damage is null, $"{because}: {log.Damage}");
        List<ModelEntry> found = [.. log.Replay(log.FirstIndex).Select(ModelEntry.Of)];
        Assert.True(log.LastIndex.Value >= Flushed, $"{because}: {Flushed} was flushed, {log.LastIndex} is left");
        long first = log.FirstIndex.Value;
        Assert.InRange(first, 1, LogStart);
        List<ModelEntry>? version = _versions.FindLast(version =>
            version.Count >= log.LastIndex.Value
            && found.SequenceEqual(version.Skip((int)first - 1).Take(found.Count)));
        Assert.True(version is not null, $"{because}: the log was never like this");

        _versions.Clear();
        _versions.Add([.. version.Take((int)log.LastIndex.Value)]);
        Flushed = Last;

        // It may go back to the last one that was made durable, until the entry that moved it is applied again.
        Assert.InRange(log.LogStartIndex.Value, first, LogStart);
        LogStart = log.LogStartIndex.Value;
        Assert.InRange(log.LogStartOffset.Value, DurableStartOffset, LogStartOffset);
        LogStartOffset = log.LogStartOffset.Value;
    }

    public void Check(PartitionLog log)
    {
        Assert.Equal(Last, log.LastIndex.Value);
        Assert.Equal(NextOffset, log.NextOffset.Value);
        Assert.Equal(LastTerm, log.LastTerm.Value);
        Assert.Equal(Math.Min(LogStartOffset, NextOffset), Math.Min(log.LogStartOffset.Value, NextOffset));
        for (long index = Math.Max(log.FirstIndex.Value, Last - 5); index <= Last; index++)
            Assert.Equal(Entries[(int)index - 1].Term, log.TermOf(new LogIndex(index))?.Value);
    }

    public void CheckFrames(PartitionLog log, long from, int maxBytes)
    {
        using var slices = new LogSlices();
        long first = log.FirstIndex.Value;
        if (from > Last || Last < first)
            return;
        from = Math.Max(from, first);
        ReadOutcome outcome = log.ReadFrames(new LogIndex(from), new LogIndex(Last), maxBytes, log.Truncations, slices);
        Assert.Equal(ReadOutcome.Ok, outcome);
        Assert.True(slices.Entries >= 1);
        Assert.True(slices.Entries == 1 || slices.Bytes <= maxBytes);
        byte[] expected = [.. Entries.Skip((int)from - 1).Take(slices.Entries).SelectMany(entry => entry.Frame)];
        Assert.Equal(expected, slices.Pieces.SelectMany(piece => piece.ToArray()));
        Assert.Equal(from + slices.Entries - 1, slices.LastIndex.Value);
    }

    public void CheckBatches(PartitionLog log, long from, long limit, int maxBytes)
    {
        using var slices = new LogSlices();
        ReadOutcome outcome = log.ReadBatches(new Offset(from), new Offset(limit), maxBytes, true, slices);
        if (from < log.LogStartOffset.Value)
        {
            Assert.Equal(ReadOutcome.BelowStart, outcome);
            return;
        }

        Assert.Equal(from > NextOffset ? ReadOutcome.AboveEnd : ReadOutcome.Ok, outcome);
        List<ModelEntry> readable = [.. Entries.Where(entry =>
            entry.Kind is EntryKind.Data && entry.Offset + entry.Span > from && entry.Offset + entry.Span <= limit)];
        Assert.Equal(readable.Count > 0 && from <= NextOffset, slices.Entries > 0);
        byte[] expected = [.. readable.Take(slices.Entries).SelectMany(entry => entry.Frame[EntryFrame.HeaderSize..])];
        Assert.Equal(expected, slices.Pieces.SelectMany(piece => piece.ToArray()));
    }

    public void CheckTimes(PartitionLog log, long timestamp, long limit)
    {
        List<ModelEntry> readable = [.. Entries.Where(entry => entry.Kind is EntryKind.Data
            && entry.Offset + entry.Span > log.LogStartOffset.Value && entry.Offset + entry.Span <= limit)];
        ModelEntry? first = readable.Find(entry => entry.Timestamp >= timestamp);
        Assert.Equal(first?.Offset, log.FindByTimestamp(timestamp, Offset.Zero, new Offset(limit))?.Offset.Value);
        long highest = readable.Select(entry => entry.Timestamp).DefaultIfEmpty(-1).Max();
        ModelEntry? highestFirst = readable.Find(entry => entry.Timestamp == highest && highest >= 0);
        Assert.Equal(highestFirst?.Offset, log.FindMaxTimestamp(new Offset(limit))?.Offset.Value);
    }
}
