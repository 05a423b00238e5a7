using Xunit;

namespace Broker.Storage.Tests.Files;

public sealed class PosixFileSystemTests : IDisposable
{
    private readonly PosixFileSystem _files = new();
    private readonly string _root = Directory.CreateTempSubdirectory("broker-storage-").FullName;

    [Fact]
    public void Pieces_are_written_one_after_another()
    {
        using IFile file = _files.Open(At("a"), FileMode.CreateNew);
        file.Write([new byte[] { 1, 2 }, new byte[] { 3 }, new byte[] { 4, 5 }], 0);
        file.Write([9], 1);
        file.Flush();

        byte[] read = new byte[10];
        Assert.Equal(5, file.Read(read, 0));
        Assert.Equal([1, 9, 3, 4, 5], read[..5]);
        Assert.Equal(1, file.Read(read, 4));
        Assert.Equal(5, file.Length);
        file.SetLength(2);
        file.FlushWithMetadata();
        file.DropCacheBehind(0, 2);
        Assert.Equal(2, file.Length);
    }

    [Fact]
    public void Directories_list_what_is_in_them_in_order()
    {
        _files.CreateDirectory(At("d"));
        foreach (string name in (string[])["b", "B", "a"])
            _files.Open(At(name), FileMode.CreateNew).Dispose();
        _files.FlushDirectory(_root);

        Assert.Equal(["B", "a", "b"], _files.ListFiles(_root));
        Assert.Equal(["d"], _files.ListDirectories(_root));
        _files.Rename(At("a"), At("b"));
        _files.DeleteFile(At("B"));
        _files.DeleteDirectory(At("d"));
        Assert.Equal(["b"], _files.ListFiles(_root));
        Assert.Empty(_files.ListDirectories(_root));
    }

    [Fact]
    public void Many_files_are_flushed_side_by_side_and_all_at_once()
    {
        List<IFile> files = [.. Enumerable.Range(0, 20).Select(i => _files.Open(At($"{i}"), FileMode.CreateNew))];
        for (int round = 0; round < 20; round++)
        {
            foreach (IFile file in files)
                file.Write([1, 2, 3], round * 3);
            _files.FlushFiles(files);
        }

        _files.FlushFileSystem(_root);
        files.ForEach(file => file.Dispose());
    }

    [Fact]
    public void A_lock_has_one_holder()
    {
        using (IDisposable? first = _files.TryLock(At("lock")))
        {
            Assert.NotNull(first);
            Assert.Null(_files.TryLock(At("lock")));
        }

        using IDisposable? second = _files.TryLock(At("lock"));
        Assert.NotNull(second);
    }

    [Fact]
    public void Errors_name_the_file()
    {
        StorageException error = Assert.Throws<StorageException>(() => _files.Open(At("no/such"), FileMode.CreateNew));
        Assert.Contains("no/such", error.Message, StringComparison.Ordinal);
        Assert.Throws<StorageException>(() => _files.FlushDirectory(At("none")));
        Assert.True(_files.AvailableBytes(_root) > 0);
    }

    [Fact]
    public void A_full_device_is_told_from_other_errors()
    {
        using IFile full = _files.Open("/dev/full", FileMode.Open);
        Assert.Throws<StorageFullException>(() => full.Write([1], 0));
        Assert.Throws<StorageFullException>(() => full.Write([new byte[] { 1 }, new byte[] { 2 }], 0));
    }

    [Fact]
    public void A_flush_that_fails_is_never_hidden()
    {
        // A pipe, a socket or a terminal cannot be flushed: the kernel answers EINVAL, which the framework swallows.
        using IFile device = _files.Open("/dev/null", FileMode.Open);
        Assert.Throws<FlushFailedException>(device.Flush);
        Assert.Throws<FlushFailedException>(device.FlushWithMetadata);
        Assert.Throws<FlushFailedException>(() => _files.FlushFiles([device, device, device]));
    }

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private string At(string name) => Path.Combine(_root, name);
}
