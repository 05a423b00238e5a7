using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>The entries of one received append, verified, in the buffer in which they came. Holds the buffer.</summary>
internal sealed class EntryBatch
{
    private readonly List<LogEntry> _entries = [];
    private SharedBuffer? _buffer;

    /// <summary>What the batch occupies in memory.</summary>
    public int Bytes { get; private set; }

    public int Count => _entries.Count;

    public LogEntry this[int at] => _entries[at];

    /// <summary>
    /// Cuts the frame's payload into entries and takes the frame over, if they are what the message says: consecutive,
    /// of its entries' term, every checksum right. False: the frame is still the caller's.
    /// </summary>
    public bool TryTake(in ReceivedFrame frame, in RaftMessage message)
    {
        int at = frame.PayloadStart;
        for (long index = message.PrevIndex.Value + 1; index <= message.LastIndex.Value; index++)
        {
            if (EntryFrame.TryRead(frame.Buffer, at, frame.Length - at, out LogEntry entry) != FrameStatus.Ok
                || entry.Index.Value != index || entry.Term != message.EntriesTerm
                || entry.Kind == EntryKind.Hole)
            {
                _entries.Clear();
                return false;
            }

            _entries.Add(entry);
            at += entry.Length;
        }

        if (at != frame.Length)
        {
            _entries.Clear();
            return false;
        }

        _buffer = frame.Buffer;
        Bytes = frame.Buffer.Capacity;
        return true;
    }

    public void Release()
    {
        _entries.Clear();
        _buffer?.Release();
        _buffer = null;
        Bytes = 0;
    }
}
