namespace Broker.Simulation.Disks;

/// <summary>
/// Which names lead to which files. A file's own flush makes no name durable. What a crash keeps of the changes that
/// are not durable depends on the disk: with a journal some of the first, without one any of them; and there the flush
/// of a directory speaks for the names in it and for no others.
/// </summary>
internal sealed class NameTable(bool isJournal)
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

    /// <summary>All changes in a directory; with a journal also those that were made before them.</summary>
    public void Flush(string directory)
    {
        int last = _pending.FindLastIndex(IsIn);
        Settle(last + 1, isJournal ? _ => true : IsIn);

        bool IsIn((string[] Directories, Action<Names> Change) pending) =>
            pending.Directories.Contains(directory, StringComparer.Ordinal);
    }

    public void Lose(string path)
    {
        _now.Files.Remove(path);
        _durable.Files.Remove(path);
    }

    public void FlushAll() => Settle(_pending.Count, _ => true);

    /// <param name="luck">Null: no change survives that is not durable.</param>
    public void Crash(Random? luck)
    {
        if (luck is not null && isJournal)
            Settle(luck.Next(_pending.Count + 1), _ => true);
        else if (luck is not null)
            Settle(_pending.Count, _ => luck.Next(2) == 0);
        _pending.Clear();
        _durable.DropOrphans();
        _now = _durable.Copy();
    }

    private void Settle(int count, Predicate<(string[] Directories, Action<Names> Change)> which)
    {
        for (int i = 0; i < count; i++)
        {
            if (!which(_pending[i]))
                continue;
            _pending[i].Change(_durable);
            _pending.RemoveAt(i--);
            count--;
        }
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

        /// <summary>What was in a directory that did not survive did not either.</summary>
        public void DropOrphans()
        {
            while (Directories.RemoveWhere(path => !IsThere(Path.GetDirectoryName(path)!)) > 0)
            {
            }

            foreach (string path in Files.Keys.Where(path => !IsThere(Path.GetDirectoryName(path)!)).ToList())
                Files.Remove(path);

            bool IsThere(string directory) => directory == "/" || Directories.Contains(directory);
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
