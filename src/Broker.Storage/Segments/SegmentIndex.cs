using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// A segment's sparse index in memory. One structure serves the searches by index, offset, time and position. Guarded
/// by its log's gate while the segment is written to; unchanging afterwards.
/// </summary>
internal sealed class SegmentIndex
{
    /// <summary>A point every so many bytes, so that a search reads at most this much that it does not need.</summary>
    public const int Spacing = 32 << 10;

    private IndexRecord[] _records = [];

    public int Count { get; private set; }

    public IndexRecord this[int at] => _records[at];

    public void Add(in IndexRecord record)
    {
        if (Count == _records.Length)
            Array.Resize(ref _records, Math.Max(4, Count * 2));
        _records[Count++] = record;
    }

    /// <summary>Drops the points at and above an index.</summary>
    public void TruncateFrom(LogIndex index)
    {
        while (Count > 0 && _records[Count - 1].Index >= index)
            Count--;
    }

    /// <summary>The last point at or below an index, or −1.</summary>
    public int FloorByIndex(LogIndex index) =>
        LastWhere(static (record, key) => record.Index.Value <= key, index.Value);

    /// <summary>The last point at or below an offset, or −1.</summary>
    public int FloorByOffset(Offset offset) =>
        LastWhere(static (record, key) => record.Offset.Value <= key, offset.Value);

    /// <summary>The last point at or below a position, or −1.</summary>
    public int FloorByPosition(long position) => LastWhere(static (record, key) => record.Position <= key, position);

    /// <summary>
    /// The last point before which everything is older than a time: where a search for it begins. Or −1.
    /// </summary>
    public int FloorByTimestamp(long timestamp) =>
        LastWhere(static (record, key) => record.MaxTimestampBefore < key, timestamp);

    private int LastWhere(Func<IndexRecord, long, bool> holds, long key)
    {
        int low = -1, high = Count - 1;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (holds(_records[middle], key))
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }
}
