using Broker.Storage;

namespace Broker.Simulation.Disks;

/// <summary>Several disks under one root, to be looked at side by side: the first name of a path says which.</summary>
internal sealed class MountedDisks(IReadOnlyDictionary<string, IFileSystem> disks) : IFileSystem
{
    public IFile Open(string path, FileMode mode) => On(path, (disk, inner) => disk.Open(inner, mode));

    public bool FileExists(string path) => On(path, (disk, inner) => disk.FileExists(inner));

    public bool DirectoryExists(string path) => On(path, (disk, inner) => disk.DirectoryExists(inner));

    public IReadOnlyList<string> ListFiles(string directory) => On(directory, (disk, inner) => disk.ListFiles(inner));

    public IReadOnlyList<string> ListDirectories(string directory) =>
        On(directory, (disk, inner) => disk.ListDirectories(inner));

    public long AvailableBytes(string path) => On(path, (disk, inner) => disk.AvailableBytes(inner));

    public long TotalBytes(string path) => On(path, (disk, inner) => disk.TotalBytes(inner));

    public void CreateDirectory(string path) => throw OnlyLooks();

    public void Rename(string from, string to) => throw OnlyLooks();

    public void DeleteFile(string path) => throw OnlyLooks();

    public void DeleteDirectory(string path) => throw OnlyLooks();

    public void FlushDirectory(string path) => throw OnlyLooks();

    public void FlushFiles(IReadOnlyList<IFile> files) => throw OnlyLooks();

    public void FlushFileSystem(string path) => throw OnlyLooks();

    public IDisposable? TryLock(string path) => throw OnlyLooks();

    private T On<T>(string path, Func<IFileSystem, string, T> use)
    {
        int end = path.IndexOf('/', 1);
        return use(disks[path[..end]], path[end..]);
    }

    private static NotSupportedException OnlyLooks() => new("mounted disks are only looked at");
}
