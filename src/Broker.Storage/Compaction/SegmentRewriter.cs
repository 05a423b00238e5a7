using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Writes the file that is to stand for some segments: what is kept of their entries, in order, and a hole wherever
/// something was. Every index and offset of its sources is in it, be it in a hole.
/// </summary>
internal sealed class SegmentRewriter : IDisposable
{
    private const int PieceSize = 1 << 20;

    private readonly LogFiles _files;
    private readonly IReadOnlyList<Segment> _sources;
    private readonly Segment _segment;
    private readonly CompactedSegment _result;
    private readonly IFile _file;
    private readonly SegmentIndex _index = new();
    private readonly SharedBuffer _piece = SharedBuffer.Rent(PieceSize);
    private int _filled;
    private bool _isFinished;
    private IndexRecord _end;

    /// <summary>Of one term, so that whoever walks the file finds where each term begins.</summary>
    private (LogIndex First, LogIndex Last, Term Term, Offset Offset, long Span)? _hole;

    public SegmentRewriter(LogFiles files, IReadOnlyList<Segment> sources, LogIndex cleanTo)
    {
        Segment first = sources[0], last = sources[^1];
        _files = files;
        _sources = sources;
        long touched = sources.Max(static source => source.Header.Cleaned?.LastCleaned.Value ?? 0);
        SegmentHeader header = first.Header with
        {
            CreatedAt = last.Header.CreatedAt,
            Cleaned = new CleanedRange(
                1 + sources.Max(static source => source.Header.Generation),
                last.LastIndex, last.NextOffset, 0, -1, cleanTo, LogIndex.Max(cleanTo, new LogIndex(touched))),
        };
        _segment = new Segment(files.Directory, header) { Index = _index };
        _result = new CompactedSegment(_segment, sources);
        _end = _segment.Beginning;
        _file = files.CreateApart(_result.UnfinishedPath);
    }

    public long Written => _end.Position;

    public void Keep(in LogEntry entry)
    {
        EndHole();
        Append(entry);
    }

    public void Replace(in LogEntry entry, ReadOnlyMemory<byte> payload, long maxTimestamp)
    {
        EndHole();
        SharedBuffer frame = SharedBuffer.Rent(EntryFrame.HeaderSize + payload.Length);
        payload.Span.CopyTo(frame.Span[EntryFrame.HeaderSize..]);
        var header = new EntryHeader
        {
            Index = entry.Index,
            Term = entry.Term,
            Kind = entry.Kind,
            Offset = entry.Offset,
            OffsetSpan = entry.OffsetSpan,
            MaxTimestamp = maxTimestamp,
            Mark = entry.Mark,
        };
        Append(EntryFrame.Seal(frame, 0, payload.Length, header));
        frame.Release();
    }

    /// <summary>The entry, or what a hole stands for, is not there any more.</summary>
    public void Skip(in LogEntry entry)
    {
        if (_hole is { } open && open.Term == entry.Term && open.Span + entry.OffsetSpan <= int.MaxValue)
        {
            _hole = open with { Last = entry.LastIndex, Span = open.Span + entry.OffsetSpan };
            return;
        }

        EndHole();
        _hole = (entry.Index, entry.LastIndex, entry.Term, entry.Offset, entry.OffsetSpan);
    }

    /// <summary>Durable on return, but for its name, which does not count yet.</summary>
    public CompactedSegment Finish()
    {
        EndHole();
        WritePiece();
        _segment.MoveEndTo(_end);
        if (_end.Index != _sources[^1].LastIndex + 1 || _end.Offset != _sources[^1].NextOffset)
            throw new InvalidOperationException($"{_segment.Path} ends at {_end}, not where its sources do");
        _segment.RestateEnd();
        _file.Write(_segment.Header.ToBytes(), 0);
        _file.FlushWithMetadata();
        _file.DropCacheBehind(0, _segment.Length);
        _isFinished = true;
        return _result;
    }

    public void Dispose()
    {
        _piece.Release();
        _file.Dispose();
        if (!_isFinished)
            _files.TryDeleteUnfinished(_result);
    }

    private void EndHole()
    {
        if (_hole is not { } hole)
            return;
        _hole = null;
        SharedBuffer frame = SharedBuffer.Rent(HoleFrame.Size);
        Append(HoleFrame.Write(frame, 0, hole.First, hole.Last, hole.Term, hole.Offset, (int)hole.Span));
        frame.Release();
    }

    private void Append(in LogEntry entry)
    {
        if (SegmentIndexFile.Wants(_index, _end.Position, entry.Term))
        {
            _index.Add(new IndexRecord(
                entry.Index, entry.Offset, entry.Term, _end.Position, _end.MaxTimestampBefore, LogIndex.Zero));
        }

        if (_filled + entry.Length > PieceSize)
            WritePiece();
        if (entry.Length > PieceSize)
        {
            _file.Write(entry.Frame.Span, _end.Position);
        }
        else
        {
            entry.Frame.Span.CopyTo(_piece.Span[_filled..]);
            _filled += entry.Length;
        }

        _end = new IndexRecord(
            entry.LastIndex + 1, entry.NextOffset, entry.Term, _end.Position + entry.Length,
            Math.Max(_end.MaxTimestampBefore, entry.MaxTimestamp), LogIndex.Zero);
    }

    private void WritePiece()
    {
        if (_filled > 0)
            _file.Write(_piece.Span[.._filled], _end.Position - _filled);
        _filled = 0;
    }
}
