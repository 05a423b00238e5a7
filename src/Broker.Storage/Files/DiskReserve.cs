namespace Broker.Storage;

// Records stop before the disk is full, and what has to go on being written (votes, the metadata log, the entries with
// which leaders begin a term or move a log's start) finds room. Two things see to that:
//   - records may be written only while what would be left still suffices to hold the whole reserve;
//   - a part of it is held in a file of written bytes, because others may fill the disk to its last block. When less
//     than a slice is free, a slice of that file is given up; when there is plenty again, it is taken back.

/// <summary>Room on a broker's disk that records may not take. Any thread; what blocks is marked DISK.</summary>
public sealed class DiskReserve : IDisposable
{
    public const string FileName = "reserve";

    /// <summary>Keeps nothing: the disk itself says when it is full.</summary>
    public static readonly DiskReserve None = new(null, "", 0);

    private const int Slices = 8;
    private const int WrittenAtOnce = 1 << 20;

    /// <summary>
    /// While so many times the reserve is free, the room is estimated and not measured at every write.
    /// </summary>
    private const int Far = 4;

    private readonly IFileSystem? _files;
    private readonly string _directory;
    private readonly long _size;
    private readonly Lock _gate = new();
    private IFile? _file;
    private long _free;
    private long _measured;
    private volatile bool _isShort;

    private DiskReserve(IFileSystem? files, string directory, long size)
    {
        _files = files;
        _directory = directory;
        _size = size;
    }

    /// <summary>Records are refused: there would not be enough left.</summary>
    public bool IsShort => _isShort;

    public bool IsKept => _size > 0;

    /// <summary>
    /// How many bytes of records may still be written, as it was last measured; 0 while they are refused. Waits for
    /// nobody who writes.
    /// </summary>
    public long RoomForRecords => _file is null ? _files?.AvailableBytes(_directory) ?? long.MaxValue
        : _isShort ? 0
        : Volatile.Read(ref _measured);

    /// <summary>What the file holds now.</summary>
    public long Held
    {
        get
        {
            lock (_gate)
                return _file?.Length ?? 0;
        }
    }

    private long Slice => _size / Slices;

    /// <summary>What records may still take.</summary>
    private long Room => _free - (_size - _file!.Length);

    /// <summary>DISK. Takes the reserve, or as much of it as there is.</summary>
    public static DiskReserve Open(IFileSystem files, string directory, long size)
    {
        var reserve = new DiskReserve(files, directory, size);
        string path = Path.Combine(directory, FileName);
        if (size == 0)
        {
            if (files.FileExists(path))
                files.DeleteFile(path);
            return reserve;
        }

        reserve._file = files.Open(path, FileMode.OpenOrCreate);
        if (reserve._file.Length > size)
            reserve._file.SetLength(size);
        reserve.Measure();
        while (reserve.TryTakeBack())
        {
        }

        reserve.Judge();
        return reserve;
    }

    /// <summary>DISK. Measures, and gives up or takes back a slice. Now and then.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_file is null)
                return;
            Measure();
            GiveUpFor(Slice);
            TryTakeBack();
            Judge();
        }
    }

    /// <summary>DISK. Before something is written that the reserve is for. False: not even that has room.</summary>
    public bool EnsureSlice()
    {
        lock (_gate)
        {
            if (_file is null)
                return true;
            Measure();
            GiveUpFor(Slice);
            Judge();
            return _free >= Slice / 2;
        }
    }

    /// <summary>
    /// DISK. Whether so many bytes of records may be written. Those that have to be, because entries that the reserve
    /// is for stand behind them in their log, may take half of it.
    /// </summary>
    public bool TryTake(long bytes, bool fromReserve)
    {
        lock (_gate)
        {
            if (_file is null)
                return true;

            // What else is written beside the records: indexes, names.
            long wanted = bytes + (Slice / 2);
            _free -= bytes;
            if (_isShort || _free < (Far * _size) + wanted)
                Measure();
            if (Room >= wanted && !_isShort)
                return true;

            _isShort = true;
            GiveUpFor(fromReserve ? wanted : Slice);
            return fromReserve && Room + (_size / 2) >= wanted;
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _file?.Dispose();
    }

    private void Measure() => _free = _files!.AvailableBytes(_directory);

    // A slice more than what made it short, so that it does not change at every look.
    private void Judge()
    {
        _isShort = Room < (_isShort ? 2 * Slice : Slice);
        Volatile.Write(ref _measured, Math.Max(0, Room));
    }

    private void GiveUpFor(long wanted)
    {
        while (_free < wanted && _file!.Length > 0)
        {
            _file.SetLength(Math.Max(0, _file.Length - Slice));
            Measure();
        }
    }

    private bool TryTakeBack()
    {
        long held = _file!.Length;
        long more = Math.Min(Slice, _size - held);
        if (more == 0 || _free < more + (2 * Slice))
            return false;

        try
        {
            byte[] zeros = new byte[Math.Min(more, WrittenAtOnce)];
            for (long at = 0; at < more; at += zeros.Length)
                _file.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, more - at)), held + at);
        }
        catch (StorageFullException)
        {
            _file.SetLength(held);
            Measure();
            return false;
        }

        Measure();
        return true;
    }
}
