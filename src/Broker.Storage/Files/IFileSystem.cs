namespace Broker.Storage;

/// <summary>
/// Everything that Storage asks of a disk. Production is <see cref="PosixFileSystem"/>; a simulated one loses what was
/// not flushed. Any thread may call; every call may block. Failures: <see cref="StorageFullException"/> (no room),
/// <see cref="FlushFailedException"/> (fatal for the broker), <see cref="StorageException"/> (any other I/O error).
/// </summary>
public interface IFileSystem
{
    /// <summary>Opens for reading and writing. <paramref name="mode"/>: CreateNew, Open or OpenOrCreate.</summary>
    IFile Open(string path, FileMode mode);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>
    /// Creates one directory (its parent exists) or does nothing. Durable once the parent was flushed.
    /// </summary>
    void CreateDirectory(string path);

    /// <summary>The names (not paths) of the files in a directory, in ordinal order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>The names (not paths) of the directories in a directory, in ordinal order.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>
    /// Renames a file (replacing what stood there) or a directory. Durable once the parents were flushed.
    /// </summary>
    void Rename(string from, string to);

    void DeleteFile(string path);

    /// <summary>Deletes a directory with all that is in it.</summary>
    void DeleteDirectory(string path);

    /// <summary>fsync of a directory: makes creations, renames and deletions in it durable.</summary>
    void FlushDirectory(string path);

    /// <summary>Flushes the data of several files, side by side where that is faster.</summary>
    void FlushFiles(IReadOnlyList<IFile> files);

    /// <summary>syncfs: makes everything durable on the file system that holds <paramref name="path"/>.</summary>
    void FlushFileSystem(string path);

    /// <summary>
    /// Bytes that this process may still write on the file system that holds <paramref name="path"/>.
    /// </summary>
    long AvailableBytes(string path);

    /// <summary>The size of the file system that holds <paramref name="path"/>, whoever uses it.</summary>
    long TotalBytes(string path);

    /// <summary>Takes the lock file, or returns null if another holder has it. Disposing gives it back.</summary>
    IDisposable? TryLock(string path);
}
