using Broker.Simulation.Disks;
using Broker.Simulation.Time;

namespace Broker.Simulation.Worlds;

/// <summary>How long a disk takes, and where a process may die in the middle of a round.</summary>
internal sealed class DiskPace(EventQueue queue)
{
    private const long Microsecond = TimeSpan.TicksPerMicrosecond;

    /// <summary>Until then every flush takes up to <see cref="SlowFlush"/>.</summary>
    public long SlowUntil { get; set; }

    public long SlowFlush { get; set; } = 400 * EventQueue.TicksPerMillisecond;

    public void Attach(SimulatedFileSystem disk, Life life) => disk.BeforeOperation = (operation, _) =>
    {
        ThrowIfDead(life);
        if (operation is DiskOperation.Flush or DiskOperation.FlushFileSystem or DiskOperation.FlushDirectory)
            queue.WaitForDisk(life, FlushTime());
        else if (operation == DiskOperation.Write && queue.Chance(0.1))
            queue.WaitForDisk(life, queue.Draw(10 * Microsecond, 500 * Microsecond));
        ThrowIfDead(life);
    };

    private long FlushTime()
    {
        if (queue.Now < SlowUntil)
            return queue.Draw(SlowFlush / 4, SlowFlush);

        long usual = queue.Draw(100 * Microsecond, 2000 * Microsecond);
        return queue.Chance(0.02) ? usual * 10 : usual;
    }

    private static void ThrowIfDead(Life life)
    {
        if (!life.IsAlive)
            throw new DiskCrashedException();
    }
}
