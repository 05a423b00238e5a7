namespace Broker.Storage;

/// <summary>
/// The open files of all logs: a bounded number, the longest unused go first, and what is unused for long goes too. A
/// file that somebody holds a lease on is never closed, and whoever has unflushed writes keeps its lease: a handle that
/// is opened anew does not report the write-back errors of the one before. So the bound can be exceeded by files in
/// use. Any thread.
/// </summary>
public sealed class OpenFiles(IFileSystem fileSystem, int capacity = OpenFiles.DefaultCapacity) : IDisposable
{
    public const int DefaultCapacity = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileLease> _byPath = new(StringComparer.Ordinal);
    private readonly LinkedList<FileLease> _idle = new();
    private long _sweeps;

    public int Count
    {
        get
        {
            lock (_gate)
                return _byPath.Count;
        }
    }

    /// <summary>Opens a file, or shares the open one. Give it back by <see cref="FileLease.Dispose"/>.</summary>
    internal FileLease Lease(string path, FileMode mode = FileMode.Open)
    {
        lock (_gate)
        {
            if (!_byPath.TryGetValue(path, out FileLease? lease))
            {
                lease = new FileLease(this, path, fileSystem.Open(path, mode));
                _byPath.Add(path, lease);
            }
            else if (lease.Holders == 0)
            {
                _idle.Remove(lease.Place);
            }

            lease.Holders++;
            CloseOldest();
            return lease;
        }
    }

    /// <summary>
    /// The file was deleted or renamed: who holds it reads on, who asks for the path next opens anew.
    /// </summary>
    internal void Forget(string path)
    {
        lock (_gate)
        {
            if (!_byPath.Remove(path, out FileLease? lease))
                return;
            lease.IsForgotten = true;
            if (lease.Holders == 0)
            {
                _idle.Remove(lease.Place);
                lease.File.Dispose();
            }
        }
    }

    internal void GiveBack(FileLease lease)
    {
        lock (_gate)
        {
            if (--lease.Holders > 0)
                return;
            if (lease.IsForgotten)
            {
                lease.File.Dispose();
                return;
            }

            lease.IdleSince = _sweeps;
            _idle.AddLast(lease.Place);
            CloseOldest();
        }
    }

    /// <summary>Closes what nobody has used since the call before the last. DISK.</summary>
    public void CloseUnused()
    {
        lock (_gate)
        {
            while (_idle.First is { } oldest && oldest.Value.IdleSince < _sweeps)
                Close(oldest);
            _sweeps++;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (FileLease lease in _byPath.Values)
                lease.File.Dispose();
            _byPath.Clear();
            _idle.Clear();
        }
    }

    private void CloseOldest()
    {
        while (_byPath.Count > capacity && _idle.First is { } oldest)
            Close(oldest);
    }

    private void Close(LinkedListNode<FileLease> idle)
    {
        _idle.Remove(idle);
        _byPath.Remove(idle.Value.Path);
        idle.Value.File.Dispose();
    }
}
