using Broker.Model;
using Broker.Simulation.Disks;
using Broker.Storage.Tests.Logs;
using Xunit;

namespace Broker.Storage.Tests.Scrubbing;

/// <summary>What is flushed is read again, and damage is met by it as by a reader.</summary>
public sealed class LogScrubTests : IDisposable
{
    private const int Frame = 1056;

    private readonly SimulatedFileSystem _disk = new(new Random(5));
    private readonly LogBench _bench;

    public LogScrubTests()
    {
        _disk.CreateDirectory("/data");
        _bench = new LogBench(_disk, "/data", LogOptions.Default with { SegmentBytes = 5_000 }, tailBytes: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(3000)]
    [InlineData(1 << 20)]
    public void A_pass_reads_every_flushed_frame_once_in_steps_of_any_size(int step)
    {
        Append(10);
        _bench.Append(EntryKind.Data, 1, 1000);

        ScrubStep[] steps = Pass(step);

        Assert.All(steps, one => Assert.Null(one.Damage));
        Assert.Equal(10 * Frame, steps.Sum(one => one.Bytes));
        Assert.Null(_bench.Log.Damage);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(10)]
    public void A_bit_that_flipped_in_a_frame_is_met_and_quarantines_the_log(int entry)
    {
        Append(10);
        int told = 0;
        _bench.Log.DamageFound = _ => told++;
        (string path, long position) = PlaceOf(entry);
        _disk.FlipBit(path, position + 70, 2);

        LogDamage? met = Pass(1 << 20)[^1].Damage;

        Assert.Equal(new LogIndex(entry), met?.At);
        Assert.Equal(new LogIndex(entry), _bench.Log.Damage?.At);
        Assert.Equal(1, told);

        // What is known to be damaged is not read again.
        Assert.All(Pass(1 << 20), one => Assert.Null(one.Damage));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(130)]
    public void A_bit_that_flipped_in_a_header_is_met(int position)
    {
        Append(10);
        _disk.FlipBit(PlaceOf(5).Path, position, 1);

        Assert.Equal(new LogIndex(5), Pass(1 << 20)[^1].Damage?.At);
    }

    [Fact]
    public void A_file_that_is_short_is_met()
    {
        Append(10);
        using (IFile file = _disk.Open(PlaceOf(5).Path, FileMode.Open))
            file.SetLength(file.Length - 100);

        Assert.Equal(new LogIndex(8), Pass(1 << 20)[^1].Damage?.At);
    }

    [Fact]
    public void A_file_that_is_missing_is_met()
    {
        Append(10);
        _disk.DeleteFile(PlaceOf(5).Path);

        Assert.Equal(new LogIndex(5), Pass(1 << 20)[^1].Damage?.At);
    }

    [Fact]
    public void What_is_written_and_not_flushed_is_nobody_s_business_yet()
    {
        Append(2);
        _bench.Append(EntryKind.Data, 1, 1000);
        _bench.Log.WritePending();
        (string path, long position) = PlaceOf(3);
        _disk.FlipBit(path, position + 70, 2);

        Assert.All(Pass(1 << 20), one => Assert.Null(one.Damage));
    }

    [Fact]
    public void What_was_truncated_between_two_steps_is_not_taken_for_damage()
    {
        Append(10);
        var place = new ScrubPlace();
        _bench.Log.Scrub(place, 6 * Frame);
        _bench.Log.Scrub(place, Frame + 1);
        _bench.Log.TruncateFrom(new LogIndex(6), new Offset(5));
        _bench.Append(EntryKind.Data, 2, 700);
        _bench.Round();
        Append(4);

        Assert.All(Rest(place, 300), one => Assert.Null(one.Damage));
        Assert.Null(_bench.Log.Damage);
    }

    [Fact]
    public void Segments_that_were_deleted_meanwhile_are_passed_over()
    {
        Append(12);
        var place = new ScrubPlace();
        _bench.Log.Scrub(place, Frame);
        _bench.Log.SetLogStart(new LogIndex(9), new Offset(8));
        _bench.Log.WriteCheckpoint(new LogIndex(9), new Term(1), []);
        _bench.Log.Maintain();

        ScrubStep[] rest = Rest(place, 1 << 20);

        Assert.All(rest, one => Assert.Null(one.Damage));
        Assert.Equal(4 * Frame, rest.Sum(one => one.Bytes));
    }

    [Fact]
    public void A_log_that_is_closed_is_left_alone_whatever_its_directory_holds_now()
    {
        Append(10);
        var place = new ScrubPlace();
        _bench.Log.Dispose();
        _disk.DeleteDirectory("/data/log");

        ScrubStep step = _bench.Log.Scrub(place, 1 << 20);

        Assert.Equal(default, step);
        Assert.True(place.IsAtEnd);
        Assert.Equal(LogIndex.Zero, _bench.Journal.Get(LogBench.Group).DamagedAt);
    }

    [Fact]
    public void No_handle_is_left_open_and_none_that_is_in_use_is_closed()
    {
        Append(12);
        int open = _bench.Resources.OpenFiles.Count;

        Pass(1 << 20);

        Assert.Equal(open, _bench.Resources.OpenFiles.Count);
    }

    public void Dispose() => _bench.Dispose();

    private ScrubStep[] Pass(long step) => Rest(new ScrubPlace(), step);

    private ScrubStep[] Rest(ScrubPlace place, long step)
    {
        var steps = new List<ScrubStep>();
        while (!place.IsAtEnd)
            steps.Add(_bench.Log.Scrub(place, step));
        return [.. steps];
    }

    private void Append(int count)
    {
        for (int i = 0; i < count; i++)
            _bench.Append(EntryKind.Data, Math.Max(1, _bench.Log.LastTerm.Value), 1000);
        while (_bench.Log.HasPending)
            _bench.Round();
    }

    /// <summary>Four entries go into a segment.</summary>
    private static (string Path, long Position) PlaceOf(int entry)
    {
        int first = ((entry - 1) / 4 * 4) + 1;
        int header = entry <= 4 ? SegmentHeader.FixedSize : SegmentHeader.FixedSize + 20;
        return ($"/data/log/{first:D20}.log", header + ((entry - first) * Frame));
    }
}
