using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Looks behind a broken spot for whole frames that this replica framed itself: they say how far it had flushed, and so
/// whether the spot is a torn write or a loss.
/// </summary>
internal static class MarkSearch
{
    private const int PieceSize = 4 << 20;

    /// <summary>The highest flushed index that such a frame states; 0 if there is none.</summary>
    public static LogIndex HighestBehind(IFile file, in IndexRecord broken, long length, uint writer)
    {
        LogIndex highest = LogIndex.Zero;
        SharedBuffer piece = SharedBuffer.Rent((int)Math.Min(PieceSize, length - broken.Position));
        try
        {
            for (long at = broken.Position; length - at >= EntryFrame.HeaderSize;)
            {
                int read = file.Read(piece.Span, at);
                int last = read - EntryFrame.HeaderSize;
                if (last < 0)
                    break;
                for (int i = 0; i <= last; i++)
                {
                    if (IsCandidate(piece.Span.Slice(i, EntryFrame.HeaderSize), broken, writer)
                        && MarkAt(file, at + i, length) is { } mark)
                    {
                        highest = LogIndex.Max(highest, mark);
                    }
                }

                at += last + 1;
            }
        }
        finally
        {
            piece.Release();
        }

        return highest;
    }

    private static bool IsCandidate(ReadOnlySpan<byte> bytes, in IndexRecord broken, uint writer) =>
        EntryFrame.LooksLikeHeader(bytes) && EntryFrame.WriterOf(bytes) == writer
        && EntryFrame.IndexOf(bytes) >= broken.Index;

    private static LogIndex? MarkAt(IFile file, long position, long length)
    {
        Span<byte> head = stackalloc byte[EntryFrame.LengthSize];
        file.Read(head, position);
        EntryFrame.TryReadLength(head, out int frameLength);
        if (frameLength > length - position)
            return null;
        SharedBuffer frame = SharedBuffer.Rent(frameLength);
        try
        {
            file.Read(frame.Span, position);
            bool isWhole = EntryFrame.TryRead(frame, 0, frameLength, out LogEntry entry) is FrameStatus.Ok;
            return isWhole && entry.Mark.Flushed < entry.Index ? entry.Mark.Flushed : null;
        }
        finally
        {
            frame.Release();
        }
    }
}
