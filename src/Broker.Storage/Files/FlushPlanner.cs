namespace Broker.Storage;

/// <summary>
/// Makes a round of writes durable in the cheapest way: a few files side by side, many with one syncfs. Belongs to one
/// disk loop. A failure is final, see <see cref="FlushFailedException"/>.
/// </summary>
public sealed class FlushPlanner
{
    /// <summary>Beyond so many files one syncfs was faster than flushing each (docs/decisions/0002).</summary>
    public const int MostFlushedSingly = 24;

    private readonly IFileSystem _fileSystem;
    private readonly string _root;
    private readonly HashSet<IFile> _seen = [];
    private readonly List<IFile> _files = [];
    private readonly List<string> _directories = [];

    /// <param name="fileSystem">Where to flush.</param>
    /// <param name="root">A directory on the file system that holds everything that is ever added.</param>
    public FlushPlanner(IFileSystem fileSystem, string root)
    {
        _fileSystem = fileSystem;
        _root = root;
    }

    public int FileCount => _files.Count;

    public void Add(IFile file)
    {
        if (_seen.Add(file))
            _files.Add(file);
    }

    /// <summary>A directory in which something was created, renamed or deleted.</summary>
    public void AddDirectory(string path)
    {
        if (!_directories.Contains(path))
            _directories.Add(path);
    }

    public void Flush()
    {
        if (_files.Count + _directories.Count > MostFlushedSingly)
        {
            _fileSystem.FlushFileSystem(_root);
        }
        else
        {
            if (_files.Count > 0)
                _fileSystem.FlushFiles(_files);
            foreach (string directory in _directories)
                _fileSystem.FlushDirectory(directory);
        }

        _seen.Clear();
        _files.Clear();
        _directories.Clear();
    }
}
