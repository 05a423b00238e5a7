using Broker.Model;
using Broker.Simulation.Disks;
using Xunit;

namespace Broker.Storage.Tests.Logs;

/// <summary>Lesson 16: a crash while the state is replaced must not move it back, nor lose it.</summary>
public sealed class CheckpointFileTests
{
    private const string Directory = "/log";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Lesson_16_after_a_crash_the_state_is_the_last_that_was_written_or_the_one_just_being_written(int seed)
    {
        for (int crashAt = 1; crashAt < 40; crashAt++)
        {
            var disk = new SimulatedFileSystem(new Random((seed * 1000) + crashAt));
            disk.CreateDirectory(Directory);
            disk.FlushDirectory("/");
            disk.CrashAt = disk.Operations + crashAt;
            long written = WriteUntilCrash(disk);

            disk.Crash();
            disk.Restart();
            LogCheckpoint? found = new CheckpointFile(disk, Directory).Read(out bool isDamaged);
            Assert.False(isDamaged, $"crash in operation {crashAt}");
            Assert.InRange(found?.Index.Value ?? 0, written, written + 1);
            Assert.True(found is null || found.State.Span.IndexOfAnyExcept((byte)found.Index.Value) < 0);
        }
    }

    private static long WriteUntilCrash(SimulatedFileSystem disk)
    {
        long written = 0;
        try
        {
            while (written < 10)
            {
                byte[] state = new byte[3000];
                state.AsSpan().Fill((byte)(written + 1));
                new CheckpointFile(disk, Directory).Write(new LogIndex(written + 1), new Term(1), state);
                written++;
            }
        }
        catch (DiskCrashedException)
        {
        }

        return written;
    }
}
