using Broker.Model;
using Broker.Simulation.Disks;
using Broker.Storage.Inspection;
using Broker.Storage.Tests.Logs;
using Xunit;

namespace Broker.Storage.Tests.Compaction;

public sealed class LogCompactionTests
{
    private static readonly LogOptions Small = LogOptions.Default with { SegmentBytes = 4_000 };

    private readonly SimulatedFileSystem _disk = new(new Random(1));

    [Fact]
    public void What_stands_in_a_hole_is_passed_over_by_every_search()
    {
        using LogBench bench = Filled();
        Compact(bench, keepsEvery: 10);

        Check(bench.Log);
        using LogBench again = bench.Reopen();
        Assert.Null(again.Log.Damage);
        Check(again.Log);
        Assert.Equal([], ProblemsOf("/data"));

        static void Check(PartitionLog log)
        {
            Assert.Equal((new LogIndex(200), new Offset(400)), (log.LastIndex, log.NextOffset));
            Assert.InRange(log.CleanedIndex.Value, 150, 199);
            Assert.Equal((new Term(1), new Term(2)), (log.TermOf(new LogIndex(99)), log.TermOf(new LogIndex(100))));

            using var slices = new LogSlices();
            ReadOutcome outcome = log.ReadBatches(new Offset(24), new Offset(400), 100, true, slices);
            Assert.Equal((ReadOutcome.Ok, new Offset(38), new Offset(58)), (
                outcome, slices.FirstOffset, slices.NextOffset));
            Assert.Equal(new Offset(58), log.FindByTimestamp(21, Offset.Zero, new Offset(400))?.Offset);
            Assert.Equal(new Offset(38), log.FindMaxTimestamp(new Offset(50))?.Offset);
            Assert.InRange(log.FloorOf(new Offset(50)).Value, 1, 26);
        }
    }

    [Fact]
    public void No_follower_is_sent_what_was_compacted()
    {
        using LogBench bench = Filled();
        int truncations = bench.Log.Truncations;
        Compact(bench, keepsEvery: 10);

        using var slices = new LogSlices();
        LogIndex cleaned = bench.Log.CleanedIndex;
        Assert.Equal(ReadOutcome.BelowStart, Read(new LogIndex(1)));
        Assert.Equal(ReadOutcome.BelowStart, Read(cleaned));
        Assert.Equal(ReadOutcome.Ok, Read(cleaned + 1));

        ReadOutcome Read(LogIndex from) =>
            bench.Log.ReadFrames(from, new LogIndex(200), 1_000, truncations, slices);
    }

    [Fact]
    public void Small_segments_become_one_and_their_files_go()
    {
        using LogBench bench = Filled();
        int before = Files(".log").Length;

        // The first pass makes them small.
        Compact(bench, keepsEvery: 50, upTo: 150);
        Compact(bench, keepsEvery: 50);
        int after = Files(".log").Length;
        Assert.True(after < before / 2, $"{before} files became {after}");

        // Nothing new: nothing is done.
        Assert.Null(bench.Log.BeginCompaction(new KeepEvery(50), new LogIndex(200), long.MaxValue));
        Assert.Equal(0, bench.Log.NeedOfCompaction(new LogIndex(200), long.MaxValue).Ratio);
    }

    [Fact]
    public void Only_what_is_old_enough_and_below_the_clean_point_is_touched()
    {
        using LogBench bench = Filled();
        CompactionNeed all = bench.Log.NeedOfCompaction(new LogIndex(200), long.MaxValue);
        Assert.Equal((0, 1), (all.CleanBytes, all.Ratio));
        CompactionNeed below = bench.Log.NeedOfCompaction(new LogIndex(90), long.MaxValue);
        Assert.InRange(below.UpTo.Value, 50, 90);
        CompactionNeed older = bench.Log.NeedOfCompaction(new LogIndex(200), olderThan: 90);
        Assert.InRange(older.UpTo.Value, 50, 90);

        bench.Log.BeginAnewFrom(bench.Log.BaseWith(new LogCheckpoint(new LogIndex(200), new Term(2), default)));
        using LogBench anew = bench.Reopen();
        Assert.Equal(LogIndex.Zero, anew.Log.NeedOfCompaction(new LogIndex(200), long.MaxValue).UpTo);
    }

    [Fact]
    public void Nothing_is_touched_that_no_checkpoint_covers()
    {
        using LogBench bench = Filled();
        using LogBench again = bench.Reopen();
        Assert.Null(again.Log.BeginCompaction(new KeepEvery(2), new LogIndex(200), long.MaxValue));
        again.Log.ReadCheckpoint();
        using LogCompaction? pass = again.Log.BeginCompaction(new KeepEvery(2), new LogIndex(200), long.MaxValue);
        Assert.NotNull(pass);
    }

    [Fact]
    public void Damage_that_a_pass_meets_quarantines_like_damage_met_by_any_read()
    {
        using LogBench bench = Filled();
        LogDamage? told = null;
        bench.Log.DamageFound = damage => told = damage;
        _disk.FlipBit(Files(".log")[1], 2_000, 3);

        Assert.Throws<LogDamagedException>(() => Compact(bench, keepsEvery: 10));
        Assert.Equal(told, bench.Log.Damage);
        Assert.InRange(told!.At.Value, 2, 100);
        Assert.Empty(Files(".new"));
        Assert.Equal(0, bench.Log.NeedOfCompaction(new LogIndex(200), long.MaxValue).DirtyBytes);
    }

    [Fact]
    public void A_cleaned_segment_that_damage_cut_takes_no_entry_for_its_own_that_comes_behind()
    {
        LogBench bench = Filled();
        Compact(bench, keepsEvery: 40, upTo: 150);
        Compact(bench, keepsEvery: 40);
        bench.Journal.Flush();
        bench.Dispose();
        string first = Files(".log")[0];
        _disk.FlipBit(first, _disk.Contents(first).Length - 50, 3);

        // A reader meets it; the log is opened anew, ends before the damage, and is filled again.
        bench = Open();
        using (var place = new LogSlices())
            Assert.Throws<StorageException>(() => bench.Log.Replay(new LogIndex(1)).Count());
        Assert.NotNull(bench.Log.Damage);
        bench.Journal.Flush();
        bench = bench.Reopen();
        LogIndex last = bench.Log.LastIndex;
        Assert.InRange(last.Value, 40, 199);
        Assert.NotNull(bench.Log.Damage);

        // The second term begins in a hole.
        for (LogIndex index = new(1); index <= last; index += 1)
            Assert.Equal(new Term(index.Value < 100 ? 1 : 2), bench.Log.TermOf(index));
        for (int i = 0; i < 100; i++)
            bench.Append(EntryKind.Data, 3, 200, span: 2, timestamp: 300 + i);
        bench.Round();
        bench.Log.Healed();
        bench.Journal.Flush();

        using LogBench again = bench.Reopen();
        Assert.Null(again.Log.Damage);
        Assert.Equal(last + 100, again.Log.LastIndex);
        Assert.Equal(100, again.Log.Replay(last + 1).Count());
    }

    [Fact]
    public void A_file_whose_sources_went_meanwhile_is_discarded()
    {
        using LogBench bench = Filled();
        using LogCompaction pass = bench.Log.BeginCompaction(
            new KeepEvery(10), new LogIndex(200), long.MaxValue)!;
        CompactionStep step;
        do
            Assert.True(pass.TryStep(out step));
        while (step.Ready is null);
        bench.Log.SetLogStart(new LogIndex(150), new Offset(298));
        bench.Log.Maintain();

        Assert.False(bench.Log.Adopt(step.Ready));
        Assert.Empty(Files(".new"));
        Assert.Throws<StorageException>(() =>
        {
            while (pass.TryStep(out step))
            {
            }
        });
        Assert.Null(bench.Log.Damage);
    }

    [Fact]
    public void Replicas_that_are_compacted_further_than_others_agree_and_below_that_only_terms_tell()
    {
        using LogBench one = Filled("/one/topic");
        using LogBench other = Filled("/other/topic");
        Compact(one, keepsEvery: 10);
        VerifyReport report = LogVerify.Run(_disk, ["/one/topic/log", "/other/topic/log"]);
        Assert.Empty(Assert.Single(report.Partitions).Mismatches);

        // Above what was compacted every byte counts.
        using LogBench third = Filled("/third/topic", lastPayload: 100);
        report = LogVerify.Run(_disk, ["/one/topic/log", "/third/topic/log"]);
        Assert.NotEmpty(Assert.Single(report.Partitions).Mismatches);
    }

    private static void Compact(LogBench bench, int keepsEvery, int upTo = 200)
    {
        using LogCompaction pass = bench.Log.BeginCompaction(
            new KeepEvery(keepsEvery), new LogIndex(upTo), long.MaxValue)!;
        while (pass.TryStep(out CompactionStep step))
            Assert.True(step.Ready is null || bench.Log.Adopt(step.Ready));
    }

    private LogBench Open(string root = "/data") => new(_disk, root, Small, tailBytes: 1);

    /// <summary>200 batches of two records each, the later half in another term, flushed, with a checkpoint.</summary>
    private LogBench Filled(string root = "/data", int lastPayload = 200)
    {
        if (Path.GetDirectoryName(root) is { Length: > 1 } parent)
            _disk.CreateDirectory(parent);
        _disk.CreateDirectory(root);
        LogBench bench = Open(root);
        for (int i = 1; i <= 200; i++)
        {
            int payload = i == 200 ? lastPayload : 200;
            bench.Append(EntryKind.Data, i < 100 ? 1 : 2, payload, span: 2, timestamp: i);
        }

        while (bench.Round().HasMore)
        {
        }

        bench.Log.WriteCheckpoint(new LogIndex(200), new Term(2), [1]);
        return bench;
    }

    private string[] Files(string suffix) => [.. _disk.ListFiles("/data/log")
        .Where(name => name.EndsWith(suffix, StringComparison.Ordinal)).Select(name => $"/data/log/{name}")];

    private IEnumerable<string> ProblemsOf(string root) => LogVerify.Run(_disk, [root + "/log"]).Replicas
        .SelectMany(replica => replica.Problems).Select(problem => problem.ToString());

    /// <summary>Keeps every so many entries, and the last.</summary>
    private sealed class KeepEvery(int count) : ICompactionPolicy
    {
        public bool TryMap(in LogEntry entry) => true;

        public CompactionVerdict Clean(in LogEntry entry, bool isLast) =>
            isLast || entry.Index.Value % count == 0 ? CompactionVerdict.Keep : CompactionVerdict.Drop;
    }
}
