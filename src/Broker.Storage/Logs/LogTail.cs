using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// The newest entries of a log, held by reference: all that are not written yet, and before them as many as the budget
/// allows. A ring, so that both ends move without copying. Guarded by the log's gate.
/// </summary>
internal sealed class LogTail
{
    private Slot[] _slots = [];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The index of the first entry here; meaningless while it is empty.</summary>
    public LogIndex FirstIndex => this[0].Index;

    public LogIndex LastIndex => this[Count - 1].Index;

    public ref readonly LogEntry this[int at] => ref SlotAt(at).Entry;

    public bool Contains(LogIndex index) => Count > 0 && index >= FirstIndex && index <= LastIndex;

    public int PlaceOf(LogIndex index) => (int)(index - FirstIndex);

    /// <summary>
    /// Takes an entry and a hold on its buffer. Returns by how much the memory held here grew: a buffer counts once,
    /// with all that it occupies, on the last entry in it.
    /// </summary>
    public long Append(in LogEntry entry, long stamp)
    {
        entry.Buffer.Retain();
        if (Count == _slots.Length)
            Grow();
        int charge = entry.Buffer.Capacity;
        long grown = charge;
        long end = entry.Length;
        if (Count > 0)
        {
            ref Slot last = ref SlotAt(Count - 1);
            end += last.End;
            if (last.Entry.Buffer == entry.Buffer)
            {
                grown -= last.Charge;
                last.Charge = 0;
            }
        }

        Count++;
        SlotAt(Count - 1) = new Slot { Entry = entry, Stamp = stamp, Charge = charge, End = end };
        return grown;
    }

    /// <summary>Lets go of the last entry. Returns by how much the memory held here shrank.</summary>
    public long RemoveLast()
    {
        ref Slot last = ref SlotAt(Count - 1);
        SharedBuffer buffer = last.Entry.Buffer;
        long shrunk = last.Charge;
        if (Count > 1 && SlotAt(Count - 2).Entry.Buffer == buffer)
        {
            SlotAt(Count - 2).Charge = last.Charge;
            shrunk = 0;
        }

        last = default;
        Count--;
        buffer.Release();
        return shrunk;
    }

    /// <summary>Lets go of the first entry. Returns by how much the memory held here shrank.</summary>
    public long RemoveFirst()
    {
        ref Slot first = ref SlotAt(0);
        SharedBuffer buffer = first.Entry.Buffer;
        long shrunk = first.Charge;
        first = default;
        _head = (_head + 1) & (_slots.Length - 1);
        Count--;
        buffer.Release();
        return shrunk;
    }

    /// <summary>When the first entry came, in bytes appended to all logs.</summary>
    public long FirstStamp => SlotAt(0).Stamp;

    /// <summary>
    /// The place of the entry that contains an offset or stands behind it; Count if it is past the end.
    /// </summary>
    public int PlaceOf(Offset offset)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (this[middle].NextOffset > offset)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    /// <summary>The last entry so that the frames from <paramref name="from"/> to it fit; at least that one.</summary>
    public LogIndex LastIndexWithin(LogIndex from, LogIndex last, long maxBytes, out long bytes)
    {
        int first = PlaceOf(from);
        long start = SlotAt(first).End - SlotAt(first).Entry.Length;
        long limit = start + maxBytes;
        int low = first, high = PlaceOf(last);
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (SlotAt(middle).End <= limit)
                low = middle;
            else
                high = middle - 1;
        }

        bytes = SlotAt(low).End - start;
        return this[low].Index;
    }

    private ref Slot SlotAt(int at) => ref _slots[(_head + at) & (_slots.Length - 1)];

    private void Grow()
    {
        var slots = new Slot[Math.Max(8, _slots.Length * 2)];
        for (int i = 0; i < Count; i++)
            slots[i] = SlotAt(i);
        _slots = slots;
        _head = 0;
    }

    private struct Slot
    {
        public LogEntry Entry;
        public long Stamp;
        public int Charge;

        /// <summary>The sum of the lengths up to here, from an arbitrary beginning.</summary>
        public long End;
    }
}
