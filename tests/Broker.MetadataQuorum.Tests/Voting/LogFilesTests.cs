using Broker.Simulation.Disks;
using Broker.Storage;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class LogFilesTests
{
    private const string Home = "/metadata";
    private const int Seeds = 40;

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("state")]
    public void Lesson_27_what_a_failed_flush_left_in_the_page_cache_is_written_before_it_is_believed(string name)
    {
        int lies = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            SimulatedFileSystem untouched = AfterFailedFlush(seed, name);
            byte[] believed = untouched.Contents(Path.Combine(Home, name));
            untouched.Restart();
            lies += untouched.Contents(Path.Combine(Home, name)).SequenceEqual(believed) ? 0 : 1;

            SimulatedFileSystem disk = AfterFailedFlush(seed, name);
            believed = disk.Contents(Path.Combine(Home, name));
            FilesOn(disk).WriteAgain();
            disk.Restart();
            Assert.Equal(believed, disk.Contents(Path.Combine(Home, name)));
        }

        Assert.True(lies > 0, "the disk never lied: this shows nothing");
    }

    // As a process finds it that starts after one whose flush failed.
    private static SimulatedFileSystem AfterFailedFlush(int seed, string name)
    {
        var disk = new SimulatedFileSystem(new Random(seed));
        disk.CreateDirectory(Home);
        disk.FlushDirectory("/");
        FilesOn(disk).Create();
        using IFile file = disk.Open(Path.Combine(Home, name), FileMode.Open);
        file.Write(new byte[20], 0);
        file.FlushWithMetadata();
        file.Write([.. Enumerable.Repeat((byte)7, 20)], 0);
        disk.FailingFlushes = 1;
        Assert.Throws<FlushFailedException>(file.Flush);
        disk.RestartProcess();
        return disk;
    }

    private static LogFiles FilesOn(IFileSystem disk) => new(disk, Home, TimeProvider.System);
}
