using Broker.Model;
using Broker.Simulation.Disks;
using Xunit;

namespace Broker.Storage.Tests.Logs;

public sealed class PartitionLogTests : IDisposable
{
    private readonly PosixFileSystem _files = new();
    private readonly string _root = Directory.CreateTempSubdirectory("broker-log-").FullName;

    [Fact]
    public void What_was_flushed_is_there_after_a_restart()
    {
        var bench = new LogBench(_files, _root);
        bench.Append(EntryKind.NoOp, 1, 0);
        for (int i = 0; i < 1000; i++)
            bench.Append(EntryKind.Data, 1, 1000, span: 3, timestamp: i);
        bench.Append(EntryKind.NoOp, 2, 0);
        bench.Append(EntryKind.Data, 2, 10);
        WriteOutcome outcome = bench.Round();
        Assert.Equal((new LogIndex(1003), new Term(2)), (outcome.LastIndex, outcome.LastTerm));
        Assert.Equal(new LogIndex(1003), bench.Log.FlushedIndex);

        using LogBench again = bench.Reopen();
        Assert.Null(again.Log.Damage);
        Assert.Equal(new LogIndex(1003), again.Log.LastIndex);
        Assert.Equal(new Offset(3001), again.Log.NextOffset);
        Assert.Equal(new Term(1), again.Log.TermOf(new LogIndex(1001)));
        Assert.Equal(new Term(2), again.Log.LastTerm);
        Assert.Equal((new Term(1), new Offset(3000)), again.Log.EndOffsetForTerm(new Term(1)));
        Assert.Equal(1003, again.Log.Replay(new LogIndex(1)).Count());

        using var slices = new LogSlices();
        Assert.Equal(ReadOutcome.Ok, again.Log.ReadBatches(new Offset(4), new Offset(3001), 4000, true, slices));
        Assert.Equal((new Offset(3), new Offset(15)), (slices.FirstOffset, slices.NextOffset));
        Assert.Equal(new Offset(1497), again.Log.FindByTimestamp(499, Offset.Zero, new Offset(3001))?.Offset);
        Assert.Equal(new Offset(2997), again.Log.FindMaxTimestamp(new Offset(3001))?.Offset);
        Assert.Equal(new Offset(1497), again.Log.FindMaxTimestamp(new Offset(1500))?.Offset);
    }

    [Fact]
    public void Segments_are_as_long_as_the_settings_say_that_are_new()
    {
        using var bench = new LogBench(_files, _root);
        Write(bench, 20);
        Assert.Equal(1, Segments(bench));

        bench.Log.Configure(LogOptions.Default with { SegmentBytes = 10_000 });
        Write(bench, 20);
        Assert.Equal(4, Segments(bench));

        bench.Log.Configure(LogOptions.Default);
        Write(bench, 20);
        Assert.Equal(4, Segments(bench));
        Assert.Equal(new LogIndex(60), bench.Log.FlushedIndex);

        static void Write(LogBench bench, int entries)
        {
            for (int i = 0; i < entries; i++)
                bench.Append(EntryKind.Data, 1, 1000);
            bench.Round();
        }

        int Segments(LogBench bench) =>
            _files.ListFiles(bench.LogPath).Count(name => name.EndsWith(".log", StringComparison.Ordinal));
    }

    [Fact]
    public void Segments_are_rolled_truncated_and_deleted()
    {
        using var bench = new LogBench(_files, _root, LogOptions.Default with { SegmentBytes = 10_000 });
        for (int i = 0; i < 100; i++)
            bench.Append(EntryKind.Data, 1, 1000);
        bench.Round();
        Assert.Equal(
            12, _files.ListFiles(bench.LogPath).Count(name => name.EndsWith(".log", StringComparison.Ordinal)));

        bench.Log.TruncateFrom(new LogIndex(35), new Offset(34));
        bench.Append(EntryKind.NoOp, 2, 0);
        bench.Append(EntryKind.Data, 2, 500);
        bench.Round();
        Assert.Equal(new LogIndex(36), bench.Log.FlushedIndex);
        Assert.Equal(4, _files.ListFiles(bench.LogPath).Count(name => name.EndsWith(".log", StringComparison.Ordinal)));

        bench.Log.SetLogStart(new LogIndex(20), new Offset(19));
        bench.Log.Maintain();
        Assert.Equal((new LogIndex(1), true), (bench.Log.FirstIndex, bench.Log.AwaitsCheckpoint));

        bench.Log.WriteCheckpoint(new LogIndex(12), new Term(1), [1]);
        bench.Log.Maintain();
        Assert.Equal((new LogIndex(10), true), (bench.Log.FirstIndex, bench.Log.AwaitsCheckpoint));

        bench.Log.WriteCheckpoint(new LogIndex(25), new Term(1), [1]);
        bench.Log.Maintain();
        Assert.Equal((new LogIndex(19), false), (bench.Log.FirstIndex, bench.Log.AwaitsCheckpoint));
        Assert.Equal(new Term(1), bench.Log.PreviousTerm);
        using var slices = new LogSlices();
        Assert.Equal(
            ReadOutcome.BelowStart, bench.Log.ReadBatches(new Offset(18), new Offset(35), 100, true, slices));
        Assert.Equal(ReadOutcome.Ok, bench.Log.ReadBatches(new Offset(19), new Offset(35), 100_000, true, slices));
        Assert.Equal(new Offset(35), slices.NextOffset);
    }

    [Fact]
    public void A_log_begins_in_the_midst_of_a_batch_and_once_a_checkpoint_is_written_for_good()
    {
        var disk = new SimulatedFileSystem(new Random(3));
        disk.CreateDirectory("/data");
        disk.FlushDirectory("/");
        var bench = new LogBench(disk, "/data");
        for (int i = 0; i < 10; i++)
            bench.Append(EntryKind.Data, 1, 100, span: 3, timestamp: 100 - i);
        bench.Round();
        bench.Log.SetLogStart(bench.Log.FloorOf(new Offset(13)), new Offset(13));
        bench.Log.WriteCheckpoint(new LogIndex(10), new Term(1), [1]);

        disk.Crash();
        disk.Restart();
        bench = new LogBench(disk, "/data");

        Assert.Equal(new Offset(13), bench.Log.LogStartOffset);
        using var slices = new LogSlices();
        Assert.Equal(ReadOutcome.BelowStart, bench.Log.ReadBatches(new Offset(12), new Offset(30), 10, true, slices));
        Assert.Equal(ReadOutcome.Ok, bench.Log.ReadBatches(new Offset(13), new Offset(30), 10, true, slices));
        Assert.Equal((new Offset(12), new Offset(15)), (slices.FirstOffset, slices.NextOffset));
        Assert.Equal(new Offset(12), bench.Log.FindMaxTimestamp(new Offset(30))?.Offset);
        Assert.Equal(new Offset(15), bench.Log.FindByTimestamp(90, new Offset(15), new Offset(30))?.Offset);
        bench.Dispose();
    }

    [Fact]
    public void Segments_that_hold_nothing_that_is_served_are_retained_no_longer_but_for_the_last()
    {
        using var bench = new LogBench(_files, _root, LogOptions.Default with { SegmentBytes = 10_000 });
        for (int i = 0; i < 30; i++)
            bench.Append(EntryKind.Data, 1, 1000);
        bench.Round();
        Assert.Null(bench.Log.RetentionCut(-1, -1, new LogIndex(30)));

        bench.Log.SetLogStart(new LogIndex(1), new Offset(20));
        Assert.Equal(new LogIndex(19), bench.Log.RetentionCut(-1, -1, new LogIndex(30))?.FirstIndex);
        Assert.Equal(new LogIndex(10), bench.Log.RetentionCut(-1, -1, new LogIndex(12))?.FirstIndex);

        bench.Log.SetLogStart(new LogIndex(1), new Offset(30));
        Assert.Equal(new LogIndex(28), bench.Log.RetentionCut(-1, -1, new LogIndex(30))?.FirstIndex);
    }

    [Fact]
    public void A_log_that_is_made_where_another_one_was_deleted_is_written_to_its_own_files()
    {
        using var bench = new LogBench(_files, _root);
        bench.Append(EntryKind.Data, 1, 1000);
        bench.Round();
        bench.Log.Close();
        bench.Log.Dispose();
        _files.DeleteDirectory(bench.LogPath);
        bench.Journal.RecordLogLoss(LogBench.Group);
        _files.CreateDirectory(bench.LogPath);
        using (PartitionLog next = PartitionLog.Open(
            bench.Resources, bench.LogPath, LogBench.Group, LogBench.Life, bench.Options))
        {
            LogEntry entry = LogBench.Make(next, EntryKind.Data, 2, 500, 1, -1);
            next.Append(entry);
            entry.Buffer.Release();
            Assert.Equal(WriteStatus.Ok, next.WritePending().Status);
        }

        Assert.Contains(
            _files.ListFiles(bench.LogPath), name => new FileInfo(Path.Combine(bench.LogPath, name)).Length > 500);
    }

    [Fact]
    public void A_log_that_was_deleted_while_its_group_lives_on_abstains_until_it_is_filled()
    {
        using var bench = new LogBench(_files, _root);
        bench.Append(EntryKind.Data, 1, 1000);
        bench.Round();
        bench.Journal.RecordVote(LogBench.Group, new Term(7), new BrokerId(2));
        bench.Log.Close();
        bench.Log.Dispose();
        bench.Journal.RecordLogLoss(LogBench.Group);
        bench.Journal.Flush();
        _files.DeleteDirectory(bench.LogPath);
        _files.CreateDirectory(bench.LogPath);

        using LogBench again = bench.Reopen();
        Assert.NotNull(again.Log.Damage);
        Assert.Equal(LogIndex.Zero, again.Log.LastIndex);
        GroupState known = again.Journal.Get(LogBench.Group);
        Assert.Equal((new Term(7), new BrokerId(2)), (known.Term, known.VotedFor));
        again.Log.Healed();
        Assert.Equal(LogIndex.Zero, again.Journal.Get(LogBench.Group).DamagedAt);
    }

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
