namespace Broker.Storage;

/// <summary>What of a log's entries may be written when the disk runs short: its own, but no more records.</summary>
internal sealed class RecordRoom(DiskReserve reserve)
{
    private bool _mayUseReserve;

    /// <inheritdoc cref="PartitionLog.MayUseReserve"/>
    public bool MayUseReserve
    {
        get => Volatile.Read(ref _mayUseReserve);
        set => Volatile.Write(ref _mayUseReserve, value);
    }

    /// <summary>DISK. How many entries may be written: all, or those before the first that has records.</summary>
    public int Count(List<LogEntry> batch)
    {
        long records = 0;
        foreach (LogEntry entry in batch)
            records += entry.Kind == EntryKind.Data ? entry.Length : 0;
        return records == 0 || reserve.TryTake(records, MayUseReserve)
            ? batch.Count
            : batch.FindIndex(static entry => entry.Kind == EntryKind.Data);
    }

    public static StorageFullException Full(string directory) =>
        new($"no room for records in {directory}: what is left of the disk is kept for others");

    /// <summary>DISK. A write failed: perhaps others have taken what there was.</summary>
    public void Failed(StorageException failure)
    {
        if (failure is StorageFullException)
            reserve.Look();
    }
}
