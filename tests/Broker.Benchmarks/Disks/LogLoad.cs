using System.Diagnostics;
using System.Globalization;
using Broker.Model;
using Broker.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Benchmarks.Disks;

/// <summary>
/// What one log costs without anything around it: entries framed, appended, written and flushed in rounds, then read
/// back from memory and from files. CPU and allocation count even beside other work; MB/s only on a quiet machine.
/// </summary>
internal sealed class LogLoad : IDisposable
{
    private const long Total = 1L << 30;
    private const int RoundBytes = 4 << 20;

    private readonly PosixFileSystem _files = new();
    private readonly string _root;
    private readonly VoteJournal _journal;
    private readonly OpenFiles _open;
    private readonly PartitionLog _log;
    private readonly FlushPlanner _planner;

    private LogLoad(string root, long keptInPageCache)
    {
        _root = Path.Combine(root, $"log-load-{Environment.ProcessId}");
        string votes = Path.Combine(_root, "votes"), partition = Path.Combine(_root, "partition");
        Directory.CreateDirectory(votes);
        Directory.CreateDirectory(partition);
        var life = new Incarnation(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        _journal = VoteJournal.Create(_files, votes, life);
        _open = new OpenFiles(_files);
        _planner = new FlushPlanner(_files, _root);
        var resources = new LogResources
        {
            FileSystem = _files,
            OpenFiles = _open,
            TailCache = new TailCacheBudget(),
            Journal = _journal,
            Time = TimeProvider.System,
            Logger = NullLogger.Instance,
        };
        var options = LogOptions.Default with { KeptInPageCache = keptInPageCache };
        _log = PartitionLog.Open(resources, partition, new PartitionId(new TopicId(life.Value), 0), life, options);
    }

    public static int Run(string[] args)
    {
        string root = args.Length > 0 ? args[0] : Path.GetTempPath();
        Console.WriteLine(
            "| payload | kept in page cache | what | MB/s | CPU µs per KiB | bytes allocated per entry |");
        Console.WriteLine("|---:|---:|---|---:|---:|---:|");
        foreach (int payload in (int[])[1 << 10, 64 << 10, 1 << 20])
        {
            foreach (long kept in (long[])[32 << 20, 4 << 20, 0])
            {
                using var load = new LogLoad(root, kept);
                load.Append(payload, 64 << 20);
                string name = $"| {payload >> 10} KiB | {(kept == 0 ? "all" : $"{kept >> 20} MiB")} |";
                Measure($"{name} append and flush", () => load.Append(payload, Total));
                Measure(
                    $"{name} read the tail", () => load.Read(load._log.NextOffset - load._log.NextOffset.Value / 32));
                Measure($"{name} read from files", () => load.Read(new Offset(0)));
            }
        }

        return 0;
    }

    private static void Measure(string name, Func<(long Bytes, long Entries)> work)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long started = Stopwatch.GetTimestamp();
        (long bytes, long entries) = work();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double used = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds;
        double each = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)entries;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name} | {bytes / seconds / 1e6:F0} | {used / (bytes / 1024.0):F2} | {each:F0} |"));
    }

    private (long Bytes, long Entries) Append(int payload, long total)
    {
        long entries = 0, bytes = 0, waiting = 0;
        while (bytes < total)
        {
            SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payload);
            LogEntry entry = EntryFrame.Seal(buffer, 0, payload, new EntryHeader
            {
                Index = _log.LastIndex + 1,
                Term = new Term(1),
                Kind = EntryKind.Data,
                Offset = _log.NextOffset,
                OffsetSpan = 1,
                Mark = _log.Mark,
            });
            _log.Append(entry);
            buffer.Release();
            entries++;
            bytes += payload;
            waiting += payload;
            if (waiting < RoundBytes)
                continue;
            Round();
            waiting = 0;
        }

        Round();
        return (bytes, entries);
    }

    private void Round()
    {
        WriteOutcome outcome = _log.WritePending();
        _log.CollectDirty(_planner);
        _planner.Flush();
        _log.Flushed(outcome);
    }

    private (long Bytes, long Entries) Read(Offset from)
    {
        using var slices = new LogSlices();
        long bytes = 0, entries = 0;
        while (from < _log.NextOffset)
        {
            ReadOutcome outcome = _log.ReadBatches(from, _log.NextOffset, 1 << 20, true, slices);
            if (outcome is not ReadOutcome.Ok)
                throw new InvalidOperationException($"{outcome}: {_log.Damage}");
            bytes += slices.Bytes;
            entries += slices.Entries;
            from = slices.NextOffset;
        }

        return (bytes, entries);
    }

    public void Dispose()
    {
        _log.Dispose();
        _journal.Dispose();
        _open.Dispose();
        _files.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
