using System.Buffers.Binary;
using Broker.Model;
using Broker.Simulation.Disks;
using Broker.Storage.Tests.Logs;
using Xunit;

namespace Broker.Storage.Tests.Recovery;

/// <summary>Torn tail or damage: what was said to be flushed decides.</summary>
public sealed class LogDamageTests : IDisposable
{
    private readonly SimulatedFileSystem _disk = new(new Random(5));
    private LogBench _bench;

    public LogDamageTests()
    {
        _disk.CreateDirectory("/data");
        _bench = new LogBench(_disk, "/data", LogOptions.Default with { SegmentBytes = 5_000 }, tailBytes: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void A_bit_that_flips_below_the_mark_quarantines_the_log(int entry)
    {
        Append(10);
        _bench.Log.Close();
        _bench.Journal.Flush();
        (string path, long position) = PlaceOf(entry);
        _disk.FlipBit(path, position + 70, 2);

        _bench = _bench.Reopen();
        ReadAll();
        Assert.Equal(new LogIndex(entry), _bench.Log.Damage?.At);
        _bench.Journal.Flush();

        // Known to be damaged, it ends before the damage after the next start, and the file is kept.
        _bench = _bench.Reopen();
        Assert.Equal(new LogIndex(entry), _bench.Log.Damage?.At);
        Assert.Equal(new LogIndex(entry - 1), _bench.Log.LastIndex);
        Assert.NotEmpty(_disk.ListFiles("/data/log/damaged"));

        // A leader fills it again.
        Append(11 - entry);
        _bench.Log.Healed();
        _bench.Journal.Flush();
        _bench = _bench.Reopen();
        Assert.Null(_bench.Log.Damage);
        Assert.Equal(new LogIndex(10), _bench.Log.LastIndex);
        Assert.Equal(ReadOutcome.Ok, ReadAll());
    }

    [Fact]
    public void A_bit_that_flips_in_the_tail_below_a_mark_of_a_later_frame_is_damage()
    {
        for (int i = 0; i < 4; i++)
            Append(1);
        (string path, long position) = PlaceOf(2);
        _disk.FlipBit(path, position + 70, 2);

        _bench = _bench.Reopen();
        Assert.Equal(new LogIndex(2), _bench.Log.Damage?.At);
        Assert.Equal(new LogIndex(1), _bench.Log.LastIndex);
        Assert.Single(_bench.Log.Recovery.SetAside);
    }

    [Fact]
    public void A_broken_end_beyond_all_marks_is_a_torn_tail()
    {
        Append(4);
        (string path, long position) = PlaceOf(3);
        _disk.FlipBit(path, position + 70, 2);

        _bench = _bench.Reopen();
        Assert.Null(_bench.Log.Damage);
        Assert.Equal(new LogIndex(2), _bench.Log.LastIndex);
        Assert.True(_bench.Log.Recovery.TornBytes > 0);
    }

    [Fact]
    public void A_leaders_mark_in_a_followers_frames_does_not_make_its_torn_tail_damage()
    {
        var leader = new WriterMark(77, new LogIndex(3));
        for (int i = 0; i < 4; i++)
        {
            LogEntry entry = _bench.Log.LastIndex.Value < 3 ? Frame(default) : Frame(leader);
            _bench.Log.Append(entry);
        }

        _bench.Round();
        (string path, long position) = PlaceOf(2);
        _disk.FlipBit(path, position + 70, 2);

        _bench = _bench.Reopen();
        Assert.Null(_bench.Log.Damage);
        Assert.Equal(new LogIndex(1), _bench.Log.LastIndex);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("misdirected")]
    [InlineData("torn")]
    public void Lesson_28_a_write_that_the_disk_lost_tore_or_put_elsewhere_is_damage(string fault)
    {
        Append(10);
        _bench.Log.Close();
        _bench.Journal.Flush();
        (string path, long position) = PlaceOf(7);
        using (IFile file = _disk.Open(path, FileMode.Open))
        {
            byte[] frame = new byte[1056];
            if (fault != "lost")
                file.Read(frame, position - frame.Length);
            file.Write(fault == "torn" ? frame.AsSpan(0, 512) : frame, position);
            file.Flush();
        }

        _bench = _bench.Reopen();
        ReadAll();
        Assert.Equal(new LogIndex(7), _bench.Log.Damage?.At);
    }

    [Fact]
    public void Of_two_damages_the_first_in_the_log_counts_whichever_is_met_first()
    {
        Append(12);
        _bench.Log.Close();
        _bench.Journal.Flush();
        foreach (int entry in (int[])[2, 6])
        {
            (string path, long position) = PlaceOf(entry);
            _disk.FlipBit(path, position + 70, 2);
        }

        _bench = _bench.Reopen();
        using (var slices = new LogSlices())
            _bench.Log.ReadFrames(new LogIndex(6), new LogIndex(7), 1_000_000, _bench.Log.Truncations, slices);
        ReadAll();
        Assert.Equal(new LogIndex(2), _bench.Log.Damage?.At);
        _bench.Journal.Flush();

        _bench = _bench.Reopen();
        Assert.Equal(new LogIndex(1), _bench.Log.LastIndex);
        Assert.Equal(ReadOutcome.Ok, ReadAll());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Lesson_27_entries_that_a_failed_flush_left_in_the_page_cache_are_written_again(int seed)
    {
        SimulatedFileSystem disk = NewDisk(seed);
        var bench = new LogBench(disk, "/data", _bench.Options);
        for (int i = 0; i < 3; i++)
            bench.Append(EntryKind.Data, 1, 1000);
        disk.FailingFlushes = 1;
        Assert.Throws<FlushFailedException>(() => bench.Round());

        disk.RestartProcess();
        bench = new LogBench(disk, "/data", _bench.Options);
        bench.Append(EntryKind.Data, 2, 1000);
        bench.Round();
        LogIndex promised = bench.Log.FlushedIndex;
        disk.Crash();
        disk.Restart();

        bench = new LogBench(disk, "/data", _bench.Options);
        Assert.Null(bench.Log.Damage);
        Assert.Equal(promised, bench.Log.LastIndex);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(200)]
    public void Lesson_15_a_segment_whose_name_went_missing_leaves_no_later_one_behind(int seeds)
    {
        for (int seed = seeds; seed < seeds + 30; seed++)
        {
            SimulatedFileSystem disk = NewDisk(seed);
            var bench = new LogBench(disk, "/data", _bench.Options);
            for (int i = 0; i < 14; i++)
                bench.Append(EntryKind.Data, 1, 1000);
            bench.Log.WritePending();
            disk.Crash();
            disk.Restart();

            bench = new LogBench(disk, "/data", _bench.Options);
            Assert.True(bench.Log.Damage is null, $"seed {seed}: {bench.Log.Damage}");
        }
    }

    [Fact]
    public void A_missing_segment_in_the_middle_is_damage_and_what_follows_is_kept_aside()
    {
        Append(15);
        (string path, _) = PlaceOf(6);
        _disk.DeleteFile(path);

        _bench = _bench.Reopen();
        Assert.Equal(new LogIndex(5), _bench.Log.Damage?.At);
        Assert.Equal(new LogIndex(4), _bench.Log.LastIndex);
        Assert.NotEmpty(_bench.Log.Recovery.SetAside);
    }

    [Fact]
    public void A_log_that_vanished_is_damage()
    {
        Append(6);
        _bench.Log.Close();
        _bench.Journal.Flush();
        foreach (string name in _disk.ListFiles("/data/log"))
            _disk.DeleteFile("/data/log/" + name);

        _bench = _bench.Reopen();
        Assert.Equal(new LogIndex(1), _bench.Log.Damage?.At);
        Assert.Equal(LogIndex.Zero, _bench.Log.LastIndex);
    }

    [Fact]
    public void A_lost_index_is_made_again()
    {
        Append(15);
        foreach (
            string name in _disk.ListFiles("/data/log").Where(name => name.EndsWith("index", StringComparison.Ordinal)))
            _disk.DeleteFile("/data/log/" + name);

        _bench = _bench.Reopen();
        Assert.Null(_bench.Log.Damage);
        Assert.Equal(ReadOutcome.Ok, ReadAll());
    }

    [Fact]
    public void A_kind_of_a_newer_version_stops_the_start()
    {
        Append(2);
        _bench.Log.Append(LogBench.Make(_bench.Log, (EntryKind)9, 1, 10, 0, -1));
        _bench.Round();

        StorageException error = Assert.Throws<StorageException>(() => _bench.Reopen());
        Assert.Contains("newer broker", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(13)]
    [InlineData(60)]
    public void A_bit_that_flips_in_a_segments_header_is_damage_wherever_it_is(int at)
    {
        Append(2);
        _bench.Log.Close();
        _bench.Journal.Flush();
        _disk.FlipBit(PlaceOf(1).Path, at, 1);

        _bench = _bench.Reopen();
        Assert.Equal(new LogIndex(1), _bench.Log.Damage?.At);
        Assert.Single(_bench.Log.Recovery.SetAside);
    }

    [Fact]
    public void A_segment_of_a_newer_version_stops_the_start_and_is_not_touched()
    {
        Append(2);
        string path = PlaceOf(1).Path;
        byte[] bytes = _disk.Contents(path)[..(SegmentHeader.FixedSize + 20)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), 3);
        int size = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), FormatVersion.ChecksumOf(3, bytes.AsSpan(16..size)));
        using (IFile file = _disk.Open(path, FileMode.Open))
            file.Write(bytes.AsSpan(0, size), 0);

        StorageException error = Assert.Throws<StorageException>(() => _bench.Reopen());
        Assert.Contains("format version 3", error.Message, StringComparison.Ordinal);
        Assert.False(_disk.DirectoryExists("/data/log/damaged"));
    }

    [Fact]
    public void A_failed_flush_is_not_hidden()
    {
        _bench.Append(EntryKind.Data, 1, 10);
        _disk.FailingFlushes = 1;
        Assert.Throws<FlushFailedException>(() => _bench.Round());
    }

    [Fact]
    public void A_full_disk_holds_entries_back_until_there_is_room()
    {
        Append(3);
        _disk.Capacity = _disk.UsedBytes + 1_500;
        for (int i = 0; i < 8; i++)
            _bench.Append(EntryKind.Data, 1, 1000);

        WriteOutcome outcome = _bench.Round();
        Assert.Equal(WriteStatus.Full, outcome.Status);
        Assert.InRange(outcome.LastIndex.Value, 3, 4);
        Assert.Equal(ReadOutcome.Ok, ReadAll());

        _disk.Capacity = long.MaxValue;
        Assert.Equal(WriteStatus.Ok, _bench.Round().Status);
        Assert.Equal(new LogIndex(11), _bench.Log.FlushedIndex);
    }

    public void Dispose() => _bench.Dispose();

    private static SimulatedFileSystem NewDisk(int seed)
    {
        var disk = new SimulatedFileSystem(new Random(seed));
        disk.CreateDirectory("/data");
        disk.FlushDirectory("/");
        return disk;
    }

    private void Append(int count)
    {
        for (int i = 0; i < count; i++)
            _bench.Append(EntryKind.Data, 1, 1000);
        _bench.Round();
    }

    private LogEntry Frame(WriterMark mark)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + 1000);
        return EntryFrame.Seal(buffer, 0, 1000, new EntryHeader
        {
            Index = _bench.Log.LastIndex + 1,
            Term = new Term(1),
            Kind = EntryKind.Data,
            Offset = _bench.Log.NextOffset,
            OffsetSpan = 1,
            Mark = mark,
        });
    }

    private ReadOutcome ReadAll()
    {
        using var slices = new LogSlices();
        return _bench.Log.ReadFrames(
            _bench.Log.FirstIndex, _bench.Log.LastIndex, 1_000_000, _bench.Log.Truncations, slices);
    }

    /// <summary>Four entries of 1056 bytes go into a segment.</summary>
    private static (string Path, long Position) PlaceOf(int entry)
    {
        int first = ((entry - 1) / 4 * 4) + 1;
        int header = entry <= 4 ? SegmentHeader.FixedSize : SegmentHeader.FixedSize + 20;
        return ($"/data/log/{first:D20}.log", header + ((entry - first) * 1056));
    }
}
