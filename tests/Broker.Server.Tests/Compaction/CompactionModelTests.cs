using Broker.Simulation.Disks;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Compaction;

/// <summary>Compaction against a model, under everything that may happen to the log meanwhile.</summary>
public sealed class CompactionModelTests
{
    [Property(MaxTest = 80, EndSize = 100)]
    public void What_is_left_is_the_last_of_every_key((byte Kind, ushort A, byte B)[] commands, int seed)
    {
        using var driver = new CompactionDriver(new SimulatedFileSystem(new Random(seed)));
        foreach ((byte Kind, ushort A, byte B) command in commands)
            driver.Do(command);
        driver.CompactAll();
        driver.Verify(seed & 0xFFFF);
        driver.Reopen(powerFails: true, "at the end");
        driver.Verify(seed & 0xFFFF);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nothing_is_lost_wherever_the_power_fails(int seed) => CrashEverywhere(seed, powerFails: true);

    [Theory]
    [InlineData(5)]
    public void Nothing_is_lost_wherever_the_process_dies(int seed) => CrashEverywhere(seed, powerFails: false);

    [Fact]
    public void What_finds_no_room_in_the_table_waits_for_the_passes_that_follow()
    {
        using var driver = new CompactionDriver(new SimulatedFileSystem(new Random(1)));
        for (int i = 0; i < 300; i++)
            driver.Do(((byte)(i % 30 == 29 ? 7 : 0), (ushort)(i * 37), (byte)(3 + (i % 5))));
        for (int pass = 0; pass < 40; pass++)
            driver.Do((10, 0, 0));
        Assert.True(
            driver is { Partial: > 2, Passes: > 2 }, $"{driver.Partial} of {driver.Passes} passes were partial");
        driver.Verify(0);
    }

    [Fact]
    public void Marks_of_deleted_keys_go_after_their_time_and_not_before()
    {
        using var driver = new CompactionDriver(new SimulatedFileSystem(new Random(1)));
        for (int i = 0; i < 400; i++)
            driver.Do((0, (ushort)(i * 37), (byte)(1 + (i % 3))));
        driver.AppendOthers();
        driver.CompactAll();
        int marks = driver.CountMarks();
        Assert.True(marks > 0, "no key was deleted");

        // A pass takes place only where there is something new.
        for (int pass = 0; pass < 3; pass++)
        {
            driver.Wait(CompactionDriver.DeleteRetentionMs / 4);
            driver.AppendOthers();
            driver.CompactAll();
            Assert.Equal(marks, driver.CountMarks());
        }

        driver.Wait(CompactionDriver.DeleteRetentionMs);
        driver.AppendOthers();
        driver.CompactAll();
        Assert.Equal(0, driver.CountMarks());
    }

    [Fact]
    public void Of_the_last_batch_of_a_producer_the_header_stays_until_it_is_forgotten()
    {
        using var driver = new CompactionDriver(new SimulatedFileSystem(new Random(1)));
        for (int i = 0; i < 100; i++)
            driver.Do((0, (ushort)(i * 37), (byte)(4 + (2 * (i % 3)))));
        driver.AppendAll();
        driver.CompactAll();
        Assert.Equal([0, 1, 2], driver.Producers());

        driver.Wait(2 * CompactionDriver.ProducerExpiryMs);
        driver.AppendOthers();
        driver.AppendOthers();
        driver.CompactAll();
        Assert.Equal([], driver.Producers());
    }

    private static void CrashEverywhere(int seed, bool powerFails)
    {
        (byte, ushort, byte)[] commands = Commands(seed);
        (int operations, int passes) = RunUntilCrash(commands, seed, crashAt: 0, powerFails);
        Assert.True(passes >= 3, $"only {passes} passes");
        for (int crashAt = 1; crashAt <= operations; crashAt++)
            RunUntilCrash(commands, seed, crashAt, powerFails);
    }

    /// <summary>What was cut short goes on afterwards, and compaction with it.</summary>
    private static (int Operations, int Passes) RunUntilCrash(
        (byte, ushort, byte)[] commands, int seed, int crashAt, bool powerFails)
    {
        var disk = new SimulatedFileSystem(new Random(seed + (crashAt * 31)));
        using var driver = new CompactionDriver(disk) { ChecksAlways = crashAt == 0 };
        int before = disk.Operations;
        disk.CrashAt = crashAt == 0 ? 0 : before + crashAt;
        int at = 0;
        try
        {
            for (; at < commands.Length; at++)
                driver.Do(commands[at]);
        }
        catch (DiskCrashedException)
        {
            driver.Reopen(powerFails, $"seed {seed}, crash in operation {crashAt} (command {at})");
            driver.Verify(at * 77);
            driver.CompactAll();
        }

        return (disk.Operations - before, driver.Passes);
    }

    private static (byte, ushort, byte)[] Commands(int seed)
    {
        var random = new Random(seed);
        var commands = new List<(byte, ushort, byte)>();
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < 25; i++)
                commands.Add(((byte)random.Next(7), (ushort)random.Next(ushort.MaxValue), (byte)random.Next(256)));
            commands.Add((7, 0, 0));
            commands.Add(((byte)(9 + (round % 2)), (ushort)random.Next(3), (byte)random.Next(256)));
        }

        return [.. commands];
    }
}
