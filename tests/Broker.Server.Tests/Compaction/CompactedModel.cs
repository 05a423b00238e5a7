using Broker.Model;
using Broker.Protocol.Records;
using Broker.Storage;

namespace Broker.Server.Tests.Compaction;

/// <summary>One record as it was sent. A value of 0 marks a deleted key.</summary>
internal sealed record ModelRecord(long Offset, int Key, int Value, long Timestamp);

/// <summary>One entry as it was appended.</summary>
internal sealed record ModelEntry(
    long Index, long Offset, int Term, EntryKind Kind, byte[] Frame, ModelRecord[] Records)
{
    public long NextOffset => Records.Length == 0 ? Offset : Records[^1].Offset + 1;
}

/// <summary>All that was ever appended and not truncated, and what a compacted log may have left of it.</summary>
internal sealed class CompactedModel(long deleteRetentionMs)
{
    /// <summary>When marks of deleted keys were first cleaned, by offset, or may have been.</summary>
    private readonly SortedDictionary<long, long> _cleanedAt = [];

    /// <summary>A pass may have known of keys up to here, and need not have ended.</summary>
    private long _mapped;

    private List<ModelEntry> _truncated = [];

    public List<ModelEntry> Entries { get; } = [];

    public long Committed { get; set; }

    public long Flushed { get; set; }

    public long NextOffset => Entries.Count == 0 ? 0 : Entries[^1].NextOffset;

    /// <summary>Until it is done for certain, what was truncated may come back where the power fails.</summary>
    public void TruncateFrom(long index)
    {
        _truncated = [.. Entries.Skip((int)index - 1)];
        Entries.RemoveRange((int)index - 1, Entries.Count - (int)index + 1);
    }

    public void TruncationIsDone() => _truncated = [];

    /// <summary>A pass has begun that may clean up to an index.</summary>
    public void PassBegan(long upTo, long now)
    {
        _mapped = Math.Max(_mapped, upTo);
        foreach (ModelRecord record in Entries.Where(entry => entry.Index <= upTo).SelectMany(entry => entry.Records))
        {
            if (record.Value == 0)
                _cleanedAt.TryAdd(record.Offset, now);
        }
    }

    /// <summary>The log was opened again: flushed entries are there, and of the others the first ones.</summary>
    public void Reopened(PartitionLog log, string because)
    {
        Require(log.Damage is null, $"{because}: {log.Damage}");
        Require(log.LastIndex.Value >= Flushed, $"{because}: {Flushed} was flushed, the log ends at {log.LastIndex}");
        Entries.AddRange(_truncated);
        Require(log.LastIndex.Value <= Entries.Count, $"{because}: the log ends at {log.LastIndex}");
        TruncateFrom(log.LastIndex.Value + 1);
        TruncationIsDone();
        Require(log.NextOffset.Value == NextOffset, $"{because}: the log's next offset is {log.NextOffset}");
        Flushed = log.LastIndex.Value;
    }

    public void Check(PartitionLog log, long now)
    {
        CheckTerms(log);
        List<LogEntry> found = ReadAll(log);
        long cleaned = log.CleanedIndex.Value;
        Require(cleaned <= Committed, $"{cleaned} was cleaned, {Committed} was committed");
        CheckVerbatim(found, cleaned);
        CheckSends(log, cleaned);
        ModelRecord[] records = [.. found.SelectMany(RecordsOf)];
        CheckSubsequence(records);
        CheckLatest(records, now);
    }

    /// <summary>What is left of the part that was compacted.</summary>
    public IEnumerable<ModelRecord> Left(PartitionLog log) =>
        ReadAll(log).Where(entry => entry.Index <= log.CleanedIndex).SelectMany(RecordsOf);

    /// <summary>After a pass that had room for all keys: of every key at most one record is left up to there.</summary>
    public void CheckIsClean(PartitionLog log, long mappedTo)
    {
        foreach (IGrouping<int, ModelRecord> key in ReadAll(log)
            .Where(entry => entry.Index.Value <= mappedTo).SelectMany(RecordsOf).GroupBy(record => record.Key))
        {
            Require(key.Count() == 1, $"key {key.Key} has {key.Count()} records up to entry {mappedTo}");
        }
    }

    /// <summary>What a client reads from an offset on is what is left from there on, in order.</summary>
    public void CheckRead(PartitionLog log, long from, int maxBytes)
    {
        List<ModelRecord> expected = [.. ReadAll(log).SelectMany(RecordsOf).Where(record => record.Offset >= from)];
        List<ModelRecord> read = [];
        using var slices = new LogSlices();
        for (long at = from; at < NextOffset; at = slices.NextOffset.Value)
        {
            ReadOutcome outcome = log.ReadBatches(new Offset(at), new Offset(NextOffset), maxBytes, true, slices);
            Require(outcome is ReadOutcome.Ok && slices.NextOffset.Value > at, $"read at {at}: {outcome}");
            foreach (ReadOnlyMemory<byte> batch in slices.Pieces.SelectMany(SplitBatches))
                read.AddRange(RecordsOf(batch).Where(record => record.Offset >= from));
        }

        Require(read.SequenceEqual(expected), $"read from {from}: {read.Count} records, {expected.Count} are left");
    }

    private static List<LogEntry> ReadAll(PartitionLog log)
    {
        List<LogEntry> all = [];
        foreach (LogEntry entry in log.Replay(log.FirstIndex))
        {
            SharedBuffer copy = SharedBuffer.Rent(entry.Length);
            entry.Frame.CopyTo(copy.Memory);
            EntryFrame.TryRead(copy, 0, entry.Length, out LogEntry mine);
            all.Add(mine);
        }

        return all;
    }

    private void CheckTerms(PartitionLog log)
    {
        foreach (ModelEntry entry in Entries)
        {
            Term? term = log.TermOf(new LogIndex(entry.Index));
            Require(term?.Value == entry.Term, $"entry {entry.Index} has term {entry.Term}, and {term} is told");
        }
    }

    private void CheckVerbatim(List<LogEntry> found, long cleaned)
    {
        long last = 0;
        foreach (LogEntry entry in found)
        {
            Require(entry.Index.Value > last, $"entry {entry.Index} stands behind {last}");
            last = entry.Index.Value;
            ModelEntry sent = Entries[(int)last - 1];
            Require(entry.Kind == sent.Kind && entry.Term.Value == sent.Term && entry.Offset.Value == sent.Offset
                && entry.NextOffset.Value == sent.NextOffset, $"{entry} was {sent.Kind} {sent.Index} at {sent.Offset}");
            Require(last <= cleaned || entry.Frame.Span.SequenceEqual(sent.Frame), $"{entry} is not what was sent");
        }

        foreach (ModelEntry sent in Entries)
        {
            bool mustBeThere = sent.Index > cleaned || sent.Kind is EntryKind.Configuration or EntryKind.LogStart;
            Require(!mustBeThere || found.Exists(entry => entry.Index.Value == sent.Index), $"{sent.Index} is gone");
        }
    }

    private static void CheckSends(PartitionLog log, long cleaned)
    {
        if (cleaned == 0)
            return;
        using var slices = new LogSlices();
        ReadOutcome outcome = log.ReadFrames(
            new LogIndex(cleaned), log.LastIndex, 1_000, log.Truncations, slices);
        Require(outcome is ReadOutcome.BelowStart, $"{slices.Entries} entries are sent from {cleaned} on");
    }

    private void CheckSubsequence(ModelRecord[] records)
    {
        Dictionary<long, ModelRecord> sent = Entries.SelectMany(entry => entry.Records).ToDictionary(one => one.Offset);
        long last = -1;
        foreach (ModelRecord record in records)
        {
            Require(record.Offset > last, $"offset {record.Offset} is read behind {last}");
            last = record.Offset;
            Require(sent.GetValueOrDefault(record.Offset) == record, $"{record} was {sent.GetValueOrDefault(last)}");
        }
    }

    private void CheckLatest(ModelRecord[] records, long now)
    {
        foreach (IGrouping<int, ModelRecord> key in Entries.Where(entry => entry.Index <= _mapped)
            .SelectMany(entry => entry.Records).GroupBy(record => record.Key))
        {
            ModelRecord latest = key.MaxBy(record => record.Offset)!;
            if (records.Contains(latest))
                continue;
            Require(latest.Value == 0, $"{latest} was the last of its key up to entry {_mapped}, and is gone");
            Require(
                _cleanedAt.TryGetValue(latest.Offset, out long at) && now > at + deleteRetentionMs,
                $"the mark {latest} went too early, at {now}");
            Require(
                !Array.Exists(records, record => record.Key == key.Key && record.Offset < latest.Offset),
                $"key {key.Key} was deleted at {latest.Offset} and is back");
        }
    }

    private static IEnumerable<ModelRecord> RecordsOf(LogEntry entry) =>
        entry.Kind is EntryKind.Data ? RecordsOf(entry.Payload) : [];

    private static IEnumerable<ReadOnlyMemory<byte>> SplitBatches(ReadOnlyMemory<byte> piece)
    {
        while (piece.Length > 0)
        {
            int size = (int)RecordBatchHeader.Read(piece.Span).SizeInBytes;
            yield return piece[..size];
            piece = piece[size..];
        }
    }

    private static List<ModelRecord> RecordsOf(ReadOnlyMemory<byte> batch)
    {
        List<ModelRecord> records = [];
        using var reader = new RecordBatchReader();
        reader.Open(batch);
        uint crc = Crc32C.Compute(batch.Span[RecordBatchLayout.Attributes..]);
        Require(crc == reader.Header.Crc, $"the checksum of the batch at {reader.Header.BaseOffset} does not fit");
        while (reader.TryRead(out RecordView record))
        {
            records.Add(new ModelRecord(
                reader.Header.BaseOffset.Value + record.OffsetDelta,
                BitConverter.ToInt32(record.Key),
                record.HasValue ? BitConverter.ToInt32(record.Value) : 0,
                reader.Header.BaseTimestamp + record.TimestampDelta));
        }

        return records;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }
}
