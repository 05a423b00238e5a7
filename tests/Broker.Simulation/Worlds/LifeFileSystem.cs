using Broker.Simulation.Disks;
using Broker.Simulation.Time;
using Broker.Storage;

namespace Broker.Simulation.Worlds;

/// <summary>A disk as one life of a process sees it: once that is over, nothing it still does has an effect.</summary>
internal sealed class LifeFileSystem(SimulatedFileSystem disk, Life life) : IFileSystem
{
    public IFile Open(string path, FileMode mode) => Alive.Open(path, mode);

    public bool FileExists(string path) => Alive.FileExists(path);

    public bool DirectoryExists(string path) => Alive.DirectoryExists(path);

    public void CreateDirectory(string path) => Alive.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => Alive.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => Alive.ListDirectories(directory);

    public void Rename(string from, string to) => Alive.Rename(from, to);

    public void DeleteFile(string path) => Alive.DeleteFile(path);

    public void DeleteDirectory(string path) => Alive.DeleteDirectory(path);

    public void FlushDirectory(string path) => Alive.FlushDirectory(path);

    public void FlushFiles(IReadOnlyList<IFile> files) => Alive.FlushFiles(files);

    public void FlushFileSystem(string path) => Alive.FlushFileSystem(path);

    public long AvailableBytes(string path) => Alive.AvailableBytes(path);

    public long TotalBytes(string path) => Alive.TotalBytes(path);

    public IDisposable? TryLock(string path) => Alive.TryLock(path);

    private SimulatedFileSystem Alive => life.IsAlive ? disk : throw new DiskCrashedException();
}
