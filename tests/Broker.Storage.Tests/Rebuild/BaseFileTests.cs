using Broker.Model;
using Broker.Simulation.Disks;
using Broker.Storage.Tests.Logs;
using Xunit;

namespace Broker.Storage.Tests.Rebuild;

/// <summary>A log that is given up for a base, whatever interrupts it.</summary>
public sealed class BaseFileTests
{
    private const int Entries = 30;

    private static readonly LogBase Base = new(
        new LogIndex(100),
        new Term(4),
        new Offset(70),
        new LogIndex(103),
        new Offset(72),
        new LogCheckpoint(new LogIndex(250), new Term(6), new byte[] { 1, 2, 3 }));

    [Fact]
    public void A_log_begins_behind_its_base_and_goes_on_from_there()
    {
        using var bench = new FilledLog(new Random(1));
        bench.Now.Log.BeginAnewFrom(Base);

        PartitionLog log = bench.Reopen().Log;

        AssertBegun(log);
        Assert.Equal(new Offset(72), log.LogStartOffset);
        LogCheckpoint checkpoint = Assert.IsType<LogCheckpoint>(log.ReadCheckpoint());
        Assert.Equal((Base.Checkpoint.Index, Base.Checkpoint.Term), (checkpoint.Index, checkpoint.Term));
        Assert.Equal([1, 2, 3], checkpoint.State.ToArray());

        bench.Now.Append(EntryKind.Data, 4, 50);
        bench.Now.Round();
        log = bench.Reopen().Log;
        Assert.Equal(new LogIndex(101), log.LastIndex);
        Assert.Equal(new Offset(71), log.NextOffset);
        Assert.Null(log.Damage);
    }

    [Fact]
    public void A_power_cut_at_any_step_leaves_the_old_log_or_the_new_one_and_never_damage()
    {
        int begun = 0, kept = 0;
        for (int step = 1; ; step++)
        {
            using var bench = new FilledLog(new Random(step));
            bool isOver = bench.CutPowerAt(step, () =>
            {
                bench.Now.Log.BeginAnewFrom(Base);
                bench.Reopen();
            });

            PartitionLog log = bench.Reopen().Log;
            Assert.Null(log.Damage);
            if (log.FirstIndex.Value == 1)
                Assert.Equal(Entries, log.LastIndex.Value);
            else
                AssertBegun(log);
            _ = log.FirstIndex.Value == 1 ? kept++ : begun++;
            if (isOver)
                break;
        }

        Assert.True(begun > 5 && kept > 2, $"{begun} began anew, {kept} stayed what they were");
    }

    [Fact]
    public void A_base_that_is_not_whole_changes_nothing()
    {
        using var bench = new FilledLog(new Random(1));
        bench.Now.Log.BeginAnewFrom(Base);
        bench.Disk.FlipBit(Path.Combine(bench.Now.LogPath, "base"), 40, 3);

        PartitionLog log = bench.Reopen().Log;

        Assert.Equal(Entries, log.LastIndex.Value);
        Assert.Null(log.Damage);
    }

    private static void AssertBegun(PartitionLog log)
    {
        Assert.Equal(Base.Index + 1, log.FirstIndex);
        Assert.Equal(Base.Index, log.LastIndex);
        Assert.Equal(Base.Term, log.TermOf(Base.Index));
        Assert.Equal(Base.NextOffset, log.NextOffset);
        Assert.Equal(Base.LogStartIndex, log.LogStartIndex);
        Assert.Null(log.Damage);
    }

    private sealed class FilledLog : IDisposable
    {
        public FilledLog(Random random)
        {
            Disk = new SimulatedFileSystem(random);
            Disk.CreateDirectory("/data");
            Disk.FlushFileSystem("/");
            Now = new LogBench(Disk, "/data", LogOptions.Default with { SegmentBytes = 1_000 });
            for (int i = 0; i < Entries; i++)
                Now.Append(EntryKind.Data, 3, 90);
            while (Now.Round().HasMore)
            {
            }

            Now.Log.Close();
            Now.Journal.Flush();
        }

        public SimulatedFileSystem Disk { get; }

        public LogBench Now { get; private set; }

        public LogBench Reopen()
        {
            Now = Now.Reopen();
            return Now;
        }

        /// <summary>True when it was done before that many operations.</summary>
        public bool CutPowerAt(int step, Action act)
        {
            Disk.CrashAt = Disk.Operations + step;
            try
            {
                act();
                Disk.Crash();
                Disk.Restart();
                return true;
            }
            catch (DiskCrashedException)
            {
                Disk.Restart();
                return false;
            }
        }

        public void Dispose() => Now.Dispose();
    }
}
