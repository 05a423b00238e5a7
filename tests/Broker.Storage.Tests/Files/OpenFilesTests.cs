using Xunit;

namespace Broker.Storage.Tests.Files;

public sealed class OpenFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("open-files-").FullName;
    private readonly OpenFiles _files = new(new PosixFileSystem(), capacity: 3);

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void The_longest_unused_go_first_and_what_is_held_stays()
    {
        FileLease held = Lease(0);
        for (int i = 1; i < 10; i++)
            Lease(i).Dispose();

        Assert.Equal(3, _files.Count);
        held.File.Write(new byte[1], 0);
        held.Dispose();
        Assert.Equal(3, _files.Count);
    }

    [Fact]
    public void What_nobody_used_for_two_sweeps_is_closed()
    {
        FileLease held = Lease(0);
        Lease(1).Dispose();
        _files.CloseUnused();
        Assert.Equal(2, _files.Count);
        Lease(2).Dispose();
        _files.CloseUnused();
        Assert.Equal(2, _files.Count);
        Lease(2).Dispose();
        _files.CloseUnused();
        Assert.Equal(2, _files.Count);
        held.Dispose();
        _files.CloseUnused();
        _files.CloseUnused();
        Assert.Equal(0, _files.Count);
        Lease(0).Dispose();
        Assert.Equal(1, _files.Count);
    }

    private FileLease Lease(int file) => _files.Lease(Path.Combine(_directory, $"{file}"), FileMode.OpenOrCreate);
}
