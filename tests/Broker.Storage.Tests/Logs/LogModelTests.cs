using Broker.Simulation.Disks;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Storage.Tests.Logs;

/// <summary>A plain list against the real log, under everything that may happen to it.</summary>
public sealed class LogModelTests
{
    private static readonly LogOptions Small = LogOptions.Default with { SegmentBytes = 8_000, RoundBytes = 4_000 };
    private static readonly LogOptions Middling = LogOptions.Default with { SegmentBytes = 120_000 };

    [Property(MaxTest = 150, EndSize = 80)]
    public void The_log_is_what_a_list_would_be((byte Kind, ushort A, byte B)[] commands, int seed)
    {
        var disk = new SimulatedFileSystem(new Random(seed));
        using var driver = new LogDriver(disk, seed % 2 == 0 ? Small : Middling);
        foreach ((byte Kind, ushort A, byte B) command in commands)
        {
            driver.Do(command);
            driver.Verify(command.A);
        }

        driver.CrashAndReopen(powerFails: true, "at the end");
        driver.Verify(seed & 0xFFFF);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nothing_flushed_is_lost_wherever_the_power_fails(int seed)
    {
        (byte, ushort, byte)[] commands = Commands(seed, 60);
        int operations = RunUntilCrash(commands, seed, crashAt: 0);
        for (int crashAt = 1; crashAt <= operations; crashAt++)
            RunUntilCrash(commands, seed, crashAt);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void What_a_process_left_that_died_is_durable_once_it_was_recovered(int seed)
    {
        (byte, ushort, byte)[] commands = Commands(seed, 40);
        int operations = RunUntilCrash(commands, seed, crashAt: 0);
        for (int crashAt = 1 + (seed % 3); crashAt <= operations; crashAt += 3)
            RunOnAfterProcessDied(commands, seed, crashAt);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Nothing_flushed_is_lost_if_the_power_fails_again_in_recovery(int seed)
    {
        (byte, ushort, byte)[] commands = Commands(seed, 60);
        int operations = RunUntilCrash(commands, seed, crashAt: 0);
        for (int crashAt = 1; crashAt <= operations; crashAt += 7)
        {
            for (int again = 1; again <= 5; again++)
                RunUntilCrash(commands, seed, crashAt, again);
        }
    }

    /// <summary>Returns how many operations it took.</summary>
    private static int RunUntilCrash((byte, ushort, byte)[] commands, int seed, int crashAt, int again = 0)
    {
        var disk = new SimulatedFileSystem(new Random(seed + (crashAt * 31) + again));
        var driver = new LogDriver(disk, seed % 2 == 0 ? Small : Middling);
        disk.CrashAt = crashAt == 0 ? 0 : disk.Operations + crashAt;
        int before = disk.Operations;
        int at = 0;
        try
        {
            for (; at < commands.Length; at++)
                driver.Do(commands[at]);
        }
        catch (DiskCrashedException)
        {
            string because = $"seed {seed}, power failed in operation {crashAt} (command {at})";
            if (again > 0)
                CrashInRecovery(disk, again);
            driver.CrashAndReopen(powerFails: true, because);
            driver.Verify(at * 77);
        }

        return disk.Operations - before;
    }

    /// <summary>The process dies, another one goes on with what it finds, and then the power fails.</summary>
    private static void RunOnAfterProcessDied((byte, ushort, byte)[] commands, int seed, int crashAt)
    {
        var disk = new SimulatedFileSystem(new Random(seed + crashAt));
        var driver = new LogDriver(disk, Small);
        disk.CrashAt = disk.Operations + crashAt;
        foreach ((byte, ushort, byte) command in commands)
        {
            try
            {
                driver.Do(command);
            }
            catch (DiskCrashedException)
            {
                driver.CrashAndReopen(powerFails: false, $"seed {seed}, process died in operation {crashAt}");
            }
        }

        driver.CrashAndReopen(powerFails: true, $"seed {seed}, power failed after process died in {crashAt}");
    }

    private static void CrashInRecovery(SimulatedFileSystem disk, int again)
    {
        disk.Restart();
        disk.CrashAt = disk.Operations + again;
        try
        {
            _ = new LogBench(disk, "/data", Small);
        }
        catch (DiskCrashedException)
        {
        }

        disk.Crash();
    }

    private static (byte, ushort, byte)[] Commands(int seed, int count)
    {
        var random = new Random(seed);
        var commands = new (byte, ushort, byte)[count];
        for (int i = 0; i < count; i++)
        {
            // Crashes of their own would hide the one that is asked for.
            byte kind;
            do
                kind = (byte)random.Next(16);
            while (kind == 14);
            byte b = (byte)(random.Next(256) | (kind == 15 ? 1 : 0));
            commands[i] = (kind, (ushort)random.Next(ushort.MaxValue), b);
        }

        return commands;
    }
}
