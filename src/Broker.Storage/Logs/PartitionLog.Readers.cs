using Broker.Model;

namespace Broker.Storage;

/// <content>What readers do. Any thread; only what was committed may be shown to clients, and callers say how
/// far.</content>
public sealed partial class PartitionLog
{
    /// <summary>
    /// Whole frames, for a follower: entries <paramref name="from"/> to <paramref name="last"/> as far as they fit, at
    /// least one. BelowStart for what was compacted, see <see cref="CleanedIndex"/>.
    /// </summary>
    /// <param name="truncations">
    /// <see cref="Truncations"/> when the range was chosen: if the log was truncated since, nothing is returned.
    /// </param>
    public ReadOutcome ReadFrames(LogIndex from, LogIndex last, long maxBytes, int truncations, LogSlices into) =>
        _reader.Read(ReadRequest.Frames(from, last, maxBytes, truncations, memoryOnly: false), into);

    /// <summary>
    /// The same from memory alone, so that the owner may call it: NotInMemory if it does not hold all.
    /// </summary>
    public ReadOutcome TryReadFramesFromMemory(LogIndex from, LogIndex last, long maxBytes, LogSlices into) =>
        _reader.Read(ReadRequest.Frames(from, last, maxBytes, null, memoryOnly: true), into);

    /// <summary>
    /// Record batches, for a client: from the one that holds <paramref name="from"/>, whole batches that end at or
    /// below <paramref name="limit"/>, as far as they fit. At the limit or the log's end: nothing.
    /// </summary>
    public ReadOutcome ReadBatches(Offset from, Offset limit, long maxBytes, bool atLeastOne, LogSlices into) =>
        _reader.Read(ReadRequest.Batches(from, limit, maxBytes, atLeastOne, memoryOnly: false), into);

    /// <summary>The same from memory alone: never blocks.</summary>
    public ReadOutcome TryReadBatchesFromMemory(
        Offset from, Offset limit, long maxBytes, bool atLeastOne, LogSlices into) =>
        _reader.Read(ReadRequest.Batches(from, limit, maxBytes, atLeastOne, memoryOnly: true), into);

    /// <summary>
    /// The first batch that ends behind an offset, and below a limit, and holds a record at or after a time. That
    /// record may stand in front of the offset, where the batch does in part.
    /// </summary>
    public TimestampHit? FindByTimestamp(long timestamp, Offset from, Offset limit) =>
        _times.FindFirst(timestamp, from, limit);

    /// <summary>The first of the batches below a limit that hold the highest timestamp.</summary>
    public TimestampHit? FindMaxTimestamp(Offset limit) => _times.FindHighest(limit);

    /// <summary>
    /// Reads and checks some of what is flushed, from a place on, about as many bytes as wanted, and moves the place.
    /// Damage goes the way of all damage (<see cref="DamageFound"/>). Throws <see cref="StorageException"/> if a file
    /// can't be opened now.
    /// </summary>
    public ScrubStep Scrub(ScrubPlace place, long maxBytes) => _scrub.Step(place, maxBytes);

    /// <summary>
    /// Where the log could begin if segments were deleted: behind all leading closed segments that are older than a
    /// time or more than a size allows, or hold nothing that is still served, and that end at or below an index. Memory
    /// only. Null if all stays.
    /// </summary>
    /// <param name="olderThan">Segments whose every record is older than this go (Unix milliseconds; −1: none).</param>
    /// <param name="maxBytes">As many go as must for the rest to fit (−1: any size fits).</param>
    /// <param name="notAbove">The last entry that may go: every live voter has it, and it is committed.</param>
    public Epoch? RetentionCut(long olderThan, long maxBytes, LogIndex notAbove)
    {
        lock (_state.Gate)
        {
            Segment[] segments = _state.Segments;
            long size = 0;
            foreach (Segment segment in segments)
                size += segment.Length;
            int gone = 0;
            for (; gone < segments.Length && segments[gone].LastIndex <= notAbove && !segments[gone].IsEmpty; gone++)
            {
                Segment segment = segments[gone];
                bool isOld = segment.NewestTime < olderThan;
                bool isLast = gone == segments.Length - 1;
                bool isTooMuch = maxBytes >= 0 && !isLast && size - segment.Length >= maxBytes;
                bool isHidden = !isLast && segment.NextOffset <= _state.LogStartOffset;
                if (!isOld && !isTooMuch && !isHidden)
                    break;
                size -= segment.Length;
            }

            if (gone == 0)
                return null;
            LogIndex index = segments[gone - 1].LastIndex + 1;
            return new Epoch(_state.TermOf(index) ?? _state.LastTerm, index, segments[gone - 1].NextOffset);
        }
    }

    /// <summary>
    /// DISK. All entries from one on, in order, for applying them again at a start. An entry is good until the next
    /// one.
    /// </summary>
    public IEnumerable<LogEntry> Replay(LogIndex from)
    {
        const int Piece = 1 << 20;
        using var slices = new LogSlices();
        for (LogIndex at = from; at <= LastIndex;)
        {
            ReadOutcome outcome = _reader.Read(ReadRequest.Replay(at, LastIndex, Piece), slices);
            if (outcome is not ReadOutcome.Ok || slices.LastIndex < at)
                throw new StorageException($"cannot replay {Group} from entry {at}: {outcome} {Damage}");
            foreach (LogEntry entry in slices.Frames)
                yield return entry;
            at = slices.LastIndex + 1;
        }
    }
}
