using Broker.Model;
using Broker.Simulation.Disks;

namespace Broker.Storage.Tests.Logs;

/// <summary>Does the same to the real log and to the model.</summary>
internal sealed class LogDriver : IDisposable
{
    private readonly SimulatedFileSystem _disk;
    private readonly LogOptions _options;
    private int _timestamp;
    private ScrubPlace _place = new();

    public LogDriver(SimulatedFileSystem disk, LogOptions options)
    {
        _disk = disk;
        _options = options;
        if (!disk.DirectoryExists("/data"))
            disk.CreateDirectory("/data");
        disk.FlushDirectory("/");
        Bench = new LogBench(disk, "/data", options, tailBytes: 6000);
    }

    public ModelLog Model { get; } = new();

    public LogBench Bench { get; private set; }

    private PartitionLog Log => Bench.Log;

    public void Do((byte Kind, ushort A, byte B) command)
    {
        (byte kind, ushort a, byte b) = command;
        switch (kind % 16)
        {
            case 0 or 1 or 2 or 3 or 4:
                Append(a, b);
                break;
            case 5 or 6 or 7:
                Round();
                break;
            case 8:
                WriteOnly();
                break;
            case 9:
                Truncate(a, b);
                break;
            case 10:
                TruncateDuringWrite(a, b);
                break;
            case 11:
                Commit(a, b);
                break;
            case 12:
                MoveLogStart(a, b);
                break;
            case 13:
                ReopenInOrder();
                break;
            case 14:
                CrashAndReopen(b % 2 == 0, "crash");
                break;
            case 15 when b % 2 == 0:
                FailFlush();
                break;
            default:
                FillDisk(a);
                break;
        }

        Scrub(a);
        Model.Check(Log);
    }

    public void Verify(int a)
    {
        Model.CheckFrames(Log, 1 + (a % (Model.Last + 1)), 1 + (a % 5000));
        Model.CheckBatches(Log, a % (Model.NextOffset + 2), Model.NextOffset - (a % 3), 1 + (a % 3000));
        Model.CheckTimes(Log, a % 50, Model.NextOffset - (a % 4));
    }

    /// <summary>The power failed: what is left is checked against the model, which then goes on from there.</summary>
    public void CrashAndReopen(bool powerFails, string because)
    {
        _disk.BeforeOperation = null;
        _disk.Capacity = long.MaxValue;
        if (powerFails)
            _disk.Restart();
        else
            _disk.RestartProcess();
        Bench = new LogBench(_disk, "/data", _options, tailBytes: 6000);
        Model.Recovered(Log, because);
    }

    public void Dispose() => Bench.Dispose();

    private void Append(int a, int b)
    {
        for (int i = 0; i <= a % 4; i++)
        {
            int term = Math.Max(1, Model.LastTerm + (b % 16 == 0 ? 1 : 0));
            bool isNoOp = b % 5 == 0;
            int size = b % 37 == 0 ? 20_000 + (a % 20_000) : ((a * 7) + i) % 900;
            _timestamp += (b % 7) - 2;
            Model.Append(Bench.Append(
                isNoOp ? EntryKind.NoOp : EntryKind.Data, term, size, 1 + (b % 3), isNoOp
                    ? -1 : Math.Max(0, _timestamp)));
        }
    }

    private void Round()
    {
        WriteOutcome outcome = Bench.Round();
        Model.Flushed = Math.Max(Model.Flushed, Log.FlushedIndex.Value);
        if (outcome.Status is WriteStatus.Ok && !outcome.HasMore && !Log.HasPending
            && Log.FlushedIndex != Log.LastIndex)
        {
            throw new InvalidOperationException($"nothing waits, but only {Log.FlushedIndex} is flushed");
        }
    }

    /// <summary>A pass goes on beside everything else, and meets no damage where there is none.</summary>
    private void Scrub(int a)
    {
        if (_place.IsAtEnd)
            _place = new ScrubPlace();
        if (Log.Scrub(_place, 1 + (a % 5000)).Damage is { } damage)
            throw new InvalidOperationException($"nothing was damaged, but {damage}");
    }

    private void WriteOnly() => Log.WritePending();

    private void Truncate(int a, int b)
    {
        long from = Model.Last - (a % 12);
        if (from <= Model.Committed || from < Log.FirstIndex.Value || from < 1)
            return;
        long offset = Model.Entries[(int)from - 1].Offset;
        Model.TruncateFrom(from);
        Log.TruncateFrom(new LogIndex(from), new Offset(offset));
        if (b % 3 > 0)
            Append(a, b);
    }

    /// <summary>The owner truncates and appends while the disk loop is in the middle of a round.</summary>
    private void TruncateDuringWrite(int a, int b)
    {
        int wait = b % 3;
        _disk.BeforeOperation = (_, _) =>
        {
            if (wait-- > 0)
                return;
            _disk.BeforeOperation = null;
            Truncate(a, b | 1);
        };
        Round();
        _disk.BeforeOperation = null;
        Model.Flushed = Math.Min(Model.Flushed, Log.FlushedIndex.Value);
    }

    private void Commit(int a, int b)
    {
        Model.Committed = Math.Max(Model.Committed, Math.Min(Model.Flushed, Model.Last - (a % 5)));
        Bench.Journal.RecordCommit(LogBench.Group, new LogIndex(Model.Committed));
        if (b % 3 > 0 || Model.Committed < Log.FirstIndex.Value)
            return;
        Log.WriteCheckpoint(new LogIndex(Model.Committed), Term.Zero, [1, 2, 3]);
        Model.DurableStartOffset = Model.LogStartOffset;
    }

    /// <summary>To an entry, and to an offset at or behind it, be it in the midst of a batch.</summary>
    private void MoveLogStart(int a, int b)
    {
        long start = Math.Min(Model.Committed + 1, Model.LogStart + (a % 20));
        ModelEntry? at = Model.Entries.ElementAtOrDefault((int)start - 1 + (b % 4));
        long offset = Math.Min(Model.HighWatermark, at is null ? Model.NextOffset : at.Offset + (b % (at.Span + 1)));
        if (start > Model.LogStart || offset > Model.LogStartOffset)
        {
            Model.LogStart = Math.Max(start, Model.LogStart);
            Model.LogStartOffset = Math.Max(offset, Model.LogStartOffset);
            Log.SetLogStart(new LogIndex(start), new Offset(offset));
        }

        LogIndex floor = Log.FloorOf(Log.LogStartOffset);
        if (Model.Entries.Take((int)floor.Value - 1).Any(entry => entry.Offset + entry.Span > Log.LogStartOffset.Value))
            throw new InvalidOperationException($"{Log.LogStartOffset} stands before entry {floor}");
        Log.Maintain();
    }

    private void ReopenInOrder()
    {
        Log.Close();
        Bench.Journal.Flush();
        Model.Flushed = Model.Last;
        Model.DurableStartOffset = Model.LogStartOffset;
        Bench = Bench.Reopen();
        Model.Recovered(Log, "orderly end");
    }

    /// <summary>
    /// The process ends of a failed flush, and another one goes on with what the page cache shows (lesson 27).
    /// </summary>
    private void FailFlush()
    {
        Append(1, 1);
        _disk.FailingFlushes = 1;
        try
        {
            Round();
            _disk.FailingFlushes = 0;
        }
        catch (FlushFailedException)
        {
            CrashAndReopen(powerFails: false, "a flush failed");
        }
    }

    /// <summary>The disk is full for a round; then there is room again, and all goes on.</summary>
    private void FillDisk(int a)
    {
        _disk.Capacity = _disk.UsedBytes + (a % 1500);
        Round();
        _disk.Capacity = long.MaxValue;
        Round();
    }
}
