using Broker.Model;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;
using Broker.Server.Compaction;
using Broker.Simulation.Disks;
using Broker.Storage;
using Broker.Storage.Inspection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Server.Tests.Compaction;

/// <summary>Does the same to a log on a simulated disk and to the model of what compaction may leave.</summary>
internal sealed class CompactionDriver : IDisposable
{
    public const long DeleteRetentionMs = 1_000;
    public const long ProducerExpiryMs = 500;

    private const int Keys = 9;

    private static readonly PartitionId Group = new(new TopicId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), 0);
    private static readonly Incarnation Life = new(new Guid(9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1));
    private static readonly LogOptions Options = LogOptions.Default with { SegmentBytes = 2_000 };

    private readonly SimulatedFileSystem _disk;
    private long _now = 1_000_000;
    private int _values = 1;
    private VoteJournal _journal = null!;
    private LogResources _resources = null!;
    private FlushPlanner _planner = null!;

    public CompactionDriver(SimulatedFileSystem disk)
    {
        _disk = disk;
        disk.CreateDirectory("/data");
        disk.CreateDirectory("/data/votes");
        disk.CreateDirectory("/data/log");
        disk.FlushDirectory("/");
        disk.FlushDirectory("/data");
        _journal = VoteJournal.Create(disk, "/data/votes", Life);
        Open();
    }

    public CompactedModel Model { get; } = new(DeleteRetentionMs);

    public PartitionLog Log { get; private set; } = null!;

    public int Passes { get; private set; }

    /// <summary>Passes whose table was too small for all.</summary>
    public int Partial { get; private set; }

    /// <summary>Or only after crashes, where the same was checked up to there before.</summary>
    public bool ChecksAlways { get; init; } = true;

    public void Do((byte Kind, ushort A, byte B) command)
    {
        (byte kind, ushort a, byte b) = command;
        _now += b;
        switch (kind % 12)
        {
            case 0 or 1 or 2 or 3:
                Append(a, b);
                break;
            case 4 or 5:
                Round();
                break;
            case 6:
                Truncate(a);
                break;
            case 7 or 8:
                Round();
                Checkpoint(a % 3);
                break;
            case 9:
                _now += DeleteRetentionMs;
                Compact(a, 1 << 20);
                break;
            case 10:
                Compact(a, b % 2 == 0 ? KeyTable.SmallestBytes + (a % 200) : 1 << 20);
                break;
            default:
                if (b % 4 == 0)
                    Reopen(powerFails: b % 8 == 0, "a crash");
                break;
        }

        if (ChecksAlways)
            Model.Check(Log, _now);
    }

    public void Reopen(bool powerFails, string because)
    {
        if (powerFails)
            _disk.Restart();
        else
            _disk.RestartProcess();
        _journal = VoteJournal.Open(_disk, "/data/votes", Life);
        Open();
        Model.Reopened(Log, because);
        if (_disk.ListFiles("/data/log").FirstOrDefault(name => name.EndsWith(".new", StringComparison.Ordinal))
            is { } left && left != "checkpoint.new")
        {
            throw new InvalidOperationException($"{because}: {left} is left");
        }

        Model.Check(Log, _now);
    }

    /// <summary>All reads and offline checks; dear, so now and then.</summary>
    public void Verify(int a)
    {
        Model.CheckRead(Log, a % (int)(Model.NextOffset + 1), 1 + (a % 3_000));
        var place = new ScrubPlace();
        while (!place.IsAtEnd)
        {
            if (Log.Scrub(place, 1_000).Damage is { } damage)
                throw new InvalidOperationException($"nothing was damaged, but {damage}");
        }

        VerifyReport report = LogVerify.Run(_disk, ["/data/log"]);
        if (report.Replicas.SelectMany(replica => replica.Problems).FirstOrDefault(one => one.IsError) is { } problem)
            throw new InvalidOperationException(problem.ToString());
    }

    public void Wait(long milliseconds) => _now += milliseconds;

    /// <summary>Records of keys that nobody else writes, enough of them to close a segment.</summary>
    public void AppendOthers()
    {
        for (int i = 0; i < 30; i++)
            Append([new ModelRecord(Log.NextOffset.Value, 1_000 + i, _values++, _now)], producer: null, b: 60);
    }

    /// <summary>A record of every key that is written at random, so that none before it stays.</summary>
    public void AppendAll()
    {
        for (int key = 0; key < Keys; key++)
            Append([new ModelRecord(Log.NextOffset.Value, key, _values++, _now)], producer: null, b: 0);
        AppendOthers();
    }

    /// <summary>Marks of deleted keys that the compacted part of the log still has.</summary>
    public int CountMarks() => Model.Left(Log).Count(record => record.Value == 0);

    /// <summary>Producers of which the compacted part of the log still tells.</summary>
    public long[] Producers() => [.. Log.Replay(Log.FirstIndex)
        .Where(entry => entry.Kind is EntryKind.Data && entry.Index <= Log.CleanedIndex)
        .Select(entry => RecordBatchHeader.Read(entry.Payload.Span).ProducerId.Value)
        .Where(producer => producer >= 0).Distinct().Order()];

    public void CompactAll()
    {
        Round();
        Checkpoint(0);
        Compact(0, 1 << 20);
    }

    public void Dispose()
    {
        Log.Dispose();
        _journal.Dispose();
        _resources.OpenFiles.Dispose();
    }

    private void Open()
    {
        _resources = new LogResources
        {
            FileSystem = _disk,
            OpenFiles = new OpenFiles(_disk, 4),
            TailCache = new TailCacheBudget(2_000),
            Journal = _journal,
            Time = new FakeTimeProvider(),
            Logger = NullLogger.Instance,
        };
        _planner = new FlushPlanner(_disk, "/data");
        Log = PartitionLog.Open(_resources, "/data/log", Group, Life, Options);
        Log.ReadCheckpoint();
    }

    private void Append(int a, int b)
    {
        int term = Math.Max(1, (Model.Entries.Count == 0 ? 0 : Model.Entries[^1].Term) + (b % 16 == 0 ? 1 : 0));
        EntryKind kind = (b % 11) switch
        {
            0 => EntryKind.NoOp,
            1 => EntryKind.Configuration,
            2 => EntryKind.LogStart,
            _ => EntryKind.Data,
        };
        ModelRecord[] records = kind is EntryKind.Data ? NewRecords(a, b) : [];
        byte[] payload = kind is EntryKind.Data
            ? Encode(records, term, CodecOf(a), b % 2 == 0 ? b % 3 : null, b)
            : new byte[24];
        Append(kind, term, payload, records);
    }

    private void Append(ModelRecord[] records, int? producer, int b)
    {
        int term = Math.Max(1, Model.Entries.Count == 0 ? 0 : Model.Entries[^1].Term);
        Append(EntryKind.Data, term, Encode(records, term, CompressionType.None, producer, b), records);
    }

    private void Append(EntryKind kind, int term, byte[] payload, ModelRecord[] records)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payload.Length);
        payload.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        LogEntry entry = EntryFrame.Seal(buffer, 0, payload.Length, new EntryHeader
        {
            Index = Log.LastIndex + 1,
            Term = new Term(term),
            Kind = kind,
            Offset = Log.NextOffset,
            OffsetSpan = records.Length,
            MaxTimestamp = records.Length == 0 ? -1 : records.Max(record => record.Timestamp),
            Mark = Log.Mark,
        });
        Log.Append(entry);
        Model.Entries.Add(new ModelEntry(
            entry.Index.Value, entry.Offset.Value, term, kind, entry.Frame.ToArray(), records));
        buffer.Release();
    }

    private ModelRecord[] NewRecords(int a, int b)
    {
        var records = new ModelRecord[1 + (a % 5)];
        for (int i = 0; i < records.Length; i++)
        {
            bool deletes = (a + (i * 7)) % 6 == 0;
            records[i] = new ModelRecord(
                Log.NextOffset.Value + i, ((a / 3) + (i * b)) % Keys, deletes ? 0 : _values++, _now + i);
        }

        return records;
    }

    private static CompressionType CodecOf(int a) => (a % 4) switch
    {
        0 => CompressionType.Lz4,
        1 => CompressionType.Zstd,
        _ => CompressionType.None,
    };

    private static byte[] Encode(ModelRecord[] records, int term, CompressionType codec, int? producer, int b)
    {
        using var builder = new RecordBatchBuilder(codec);
        foreach (ModelRecord record in records)
        {
            builder.Append(
                record.Timestamp,
                BitConverter.GetBytes(record.Key),
                record.Value == 0 ? null : [.. BitConverter.GetBytes(record.Value), .. new byte[b]]);
        }

        ReadOnlyMemory<byte> built = producer is { } id
            ? builder.Build(new ProducerId(id), 0, 5)
            : builder.Build();
        byte[] batch = built.ToArray();
        RecordBatchStamp.Stamp(batch, new Offset(records[0].Offset), new Term(term));
        return batch;
    }

    private void Round()
    {
        WriteOutcome outcome;
        do
        {
            outcome = Log.WritePending();
            if (outcome.NeedsFlush)
            {
                Log.CollectDirty(_planner);
                _planner.Flush();
            }

            Log.Flushed(outcome);
            Model.Flushed = Math.Max(Model.Flushed, Log.FlushedIndex.Value);
        }
        while (outcome.HasMore);
    }

    private void Checkpoint(int behind)
    {
        Model.Committed = Math.Max(Model.Committed, Model.Flushed - behind);
        if (Model.Committed == 0)
            return;
        Log.WriteCheckpoint(
            new LogIndex(Model.Committed), Log.TermOf(new LogIndex(Model.Committed))!.Value, [1, 2, 3]);
    }

    private void Truncate(int a)
    {
        long from = Model.Entries.Count - (a % 4);
        if (from <= Model.Committed || from < 1)
            return;
        Log.TruncateFrom(new LogIndex(from), new Offset(Model.Entries[(int)from - 1].Offset));
        Model.TruncateFrom(from);
        Model.Flushed = Math.Min(Model.Flushed, from - 1);
        Round();
        Model.TruncationIsDone();
    }

    private void Compact(int a, int tableBytes)
    {
        var notAbove = new LogIndex(Math.Max(0, Model.Committed - (a % 7)));
        CompactionNeed need = Log.NeedOfCompaction(notAbove, long.MaxValue);
        using var policy = new RecordCompaction(
            new KeyTable(tableBytes), _now, DeleteRetentionMs, _now - ProducerExpiryMs);
        using LogCompaction? pass = Log.BeginCompaction(policy, notAbove, long.MaxValue);
        if (pass is null != (need.DirtyBytes == 0))
            throw new InvalidOperationException($"{need}, and a pass {(pass is null ? "does not begin" : "begins")}");
        if (pass is null)
            return;

        Model.PassBegan(need.UpTo.Value, _now);
        while (pass.TryStep(out CompactionStep step))
        {
            if (step.Ready is { } ready && !Log.Adopt(ready))
                throw new InvalidOperationException($"{ready} was refused");
            if (step.Ready is not null && ChecksAlways)
                Model.Check(Log, _now);
        }

        Passes += pass.IsStuck ? 0 : 1;
        if (pass.MappedTo < need.UpTo)
            Partial++;
        if (!pass.IsStuck)
            Model.CheckIsClean(Log, pass.MappedTo.Value);
    }
}
