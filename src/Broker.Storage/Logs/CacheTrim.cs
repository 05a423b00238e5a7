namespace Broker.Storage;

/// <summary>
/// Lets flushed bytes of the segment that is written to leave the page cache, a good piece at a time. Belongs to the
/// log's writer.
/// </summary>
internal sealed class CacheTrim
{
    private const long DroppedAtOnce = 8 << 20;

    private long _droppedTo;

    public void DropTo(long end, IFile file, LogOptions options)
    {
        if (options.KeptInPageCache == 0 || end - _droppedTo < DroppedAtOnce)
            return;
        file.DropCacheBehind(_droppedTo, end);
        _droppedTo = end;
    }

    /// <summary>Another segment, or the same one cut: nothing behind here has been dropped.</summary>
    public void Restart(long end) => _droppedTo = Math.Min(_droppedTo, end);
}
