namespace Broker.Simulation.Disks;

/// <summary>
/// Which names lead to which files. Changes survive in the order in which they were made: a crash keeps the durable
/// ones and some of the first of the others, as a journaling file system does. A file's own flush makes no name
/// durable.
/// </summary>
internal sealed class NameTable
{
    private readonly List<(string[] Directories, Action<Names> Change)> _pending = [];
    private Names _now = new();
    private Names _durable = new();

    public Names Now => _now;

    public Names Durable => _durable;

    public void Change(Action<Names> change, params string[] directories)
    {
        change(_now);
        _pending.Add((directories, change));
    }

    /// <summary>All changes in a directory, and those that were made before them.</summary>
    public void Flush(string directory)
    {
        int last = _pending.FindLastIndex(pending => pending.Directories.Contains(directory, StringComparer.Ordinal));
        Settle(last + 1);
    }

    public void FlushAll() => Settle(_pending.Count);

    public void Crash(Random random)
    {
        Settle(random.Next(_pending.Count + 1));
        _pending.Clear();
        _now = _durable.Copy();
    }

    private void Settle(int count)
    {
        foreach ((_, Action<Names> change) in _pending[..count])
            change(_durable);
        _pending.RemoveRange(0, count);
    }

    internal sealed class Names
    {
        public SortedDictionary<string, Inode> Files { get; init; } = new(StringComparer.Ordinal);

        public SortedSet<string> Directories { get; init; } = new(StringComparer.Ordinal);

        public Names Copy() => new()
        {
            Files = new SortedDictionary<string, Inode>(Files, StringComparer.Ordinal),
            Directories = new SortedSet<string>(Directories, StringComparer.Ordinal),
        };

        public void Move(string from, string to)
        {
            if (Files.Remove(from, out Inode? file))
            {
                Files[to] = file;
                return;
            }

            string prefix = from + "/";
            foreach (
                string path in Files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).ToList())
            {
                Files.Remove(path, out Inode? inner);
                Files[to + path[from.Length..]] = inner!;
            }

            foreach (string path in Directories.Where(path =>
                path == from || path.StartsWith(prefix, StringComparison.Ordinal)).ToList())
            {
                Directories.Remove(path);
                Directories.Add(to + path[from.Length..]);
            }
        }

        public void RemoveTree(string directory)
        {
            string prefix = directory + "/";
            foreach (
                string path in Files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).ToList())
                Files.Remove(path);
            Directories.RemoveWhere(path => path == directory || path.StartsWith(prefix, StringComparison.Ordinal));
        }
    }
}
