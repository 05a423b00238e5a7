using Broker.Model;

namespace Broker.Storage;

/// <summary>One read of a log and how far it came: frames by index, or batches by offset.</summary>
internal sealed class ReadRequest
{
    private bool _isFull;

    private ReadRequest(long maxBytes, bool memoryOnly)
    {
        MaxBytes = maxBytes;
        MemoryOnly = memoryOnly;
    }

    public bool IsByOffset { get; private init; }

    public LogIndex NextIndex { get; private set; }

    public Offset NextOffset { get; private set; }

    public LogIndex LastIndex { get; private init; }

    public Offset Limit { get; private init; }

    public long MaxBytes { get; }

    public bool AtLeastOne { get; private init; } = true;

    public bool MemoryOnly { get; }

    /// <summary>The state of the log that the read is meant for, if it must be that one.</summary>
    public int? Truncations { get; private init; }

    /// <summary>Whether it may read what compaction left; otherwise that is as good as gone.</summary>
    public bool TakesCleaned { get; private init; }

    public static ReadRequest Frames(LogIndex from, LogIndex last, long maxBytes, int? truncations, bool memoryOnly) =>
        new(maxBytes, memoryOnly) { NextIndex = from, LastIndex = last, Truncations = truncations };

    /// <summary>For this replica itself: what compaction has left, and nothing of what it took away.</summary>
    public static ReadRequest Replay(LogIndex from, LogIndex last, long maxBytes) =>
        new(maxBytes, memoryOnly: false) { NextIndex = from, LastIndex = last, TakesCleaned = true };

    public static ReadRequest Batches(Offset from, Offset limit, long maxBytes, bool atLeastOne, bool memoryOnly) =>
        new(maxBytes, memoryOnly) { IsByOffset = true, NextOffset = from, Limit = limit, AtLeastOne = atLeastOne };

    public bool IsDone(LogSlices into, LogState state) =>
        _isFull || (into.Entries > 0 && into.Bytes >= MaxBytes) || (IsByOffset
            ? NextOffset >= Offset.Min(Limit, state.NextOffset)
            : NextIndex > LogIndex.Min(LastIndex, state.LastIndex));

    /// <summary>Whether an entry stands before what is to be read.</summary>
    public bool IsBefore(in LogEntry entry) =>
        IsByOffset ? entry.NextOffset <= NextOffset : entry.LastIndex < NextIndex;

    /// <summary>The place of the next entry in the tail, or −1 if the tail begins behind it.</summary>
    public int PlaceIn(LogTail tail)
    {
        if (!IsByOffset)
            return tail.Contains(NextIndex) ? tail.PlaceOf(NextIndex) : -1;
        return tail.Count > 0 && tail[0].Offset <= NextOffset ? tail.PlaceOf(NextOffset) : -1;
    }

    /// <summary>Takes the next entry, or is full.</summary>
    public bool TryTake(in LogEntry entry, LogSlices into) =>
        IsByOffset ? TryTakeBatch(entry, into) : TryTakeFrame(entry, into);

    private bool TryTakeFrame(in LogEntry entry, LogSlices into)
    {
        if (entry.Kind is EntryKind.Hole)
        {
            into.Skip(entry);
            NextIndex = entry.LastIndex + 1;
            return true;
        }

        if (entry.Index > LastIndex || !Fits(entry.Length, into))
            return false;
        into.AddFrame(entry);
        NextIndex = entry.Index + 1;
        return true;
    }

    private bool TryTakeBatch(in LogEntry entry, LogSlices into)
    {
        if (entry.NextOffset > Limit)
        {
            _isFull = true;
            return false;
        }

        if (entry.Kind is not EntryKind.Data)
        {
            // One that takes no offset leaves it as it is; a hole has none of what is asked for.
            into.Skip(entry);
            NextOffset = Offset.Max(NextOffset, entry.NextOffset);
            return true;
        }

        if (!Fits(entry.Length - EntryFrame.HeaderSize, into))
            return false;
        into.AddPayload(entry);
        NextOffset = entry.NextOffset;
        return true;
    }

    private bool Fits(int length, LogSlices into)
    {
        _isFull = (into.Entries > 0 || !AtLeastOne) && into.Bytes + length > MaxBytes;
        return !_isFull;
    }
}
