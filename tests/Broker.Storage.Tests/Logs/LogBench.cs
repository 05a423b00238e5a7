using Broker.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Storage.Tests.Logs;

/// <summary>
/// A log with all that it needs, over any file system, and entries to put into it. Time stands still: marks that are
/// recorded every few seconds would make damage of a torn tail.
/// </summary>
internal sealed class LogBench : IDisposable
{
    public static readonly PartitionId Group = new(new TopicId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), 3);
    public static readonly Incarnation Life = new(new Guid(9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1));

    private readonly string _root;

    public LogBench(IFileSystem files, string root, LogOptions? options = null, long tailBytes = 1 << 20)
    {
        _root = root;
        Files = files;
        Options = options ?? LogOptions.Default;
        if (!files.DirectoryExists(LogPath))
        {
            files.CreateDirectory(VotesPath);
            files.CreateDirectory(LogPath);
            files.FlushDirectory(root);
            Journal = VoteJournal.Create(files, VotesPath, Life);
        }
        else
        {
            Journal = VoteJournal.Open(files, VotesPath, Life);
        }

        Resources = new LogResources
        {
            FileSystem = files,
            OpenFiles = new OpenFiles(files, 4),
            TailCache = new TailCacheBudget(tailBytes),
            Journal = Journal,
            Time = new FakeTimeProvider(),
            Logger = NullLogger.Instance,
        };
        Planner = new FlushPlanner(files, root);
        Log = PartitionLog.Open(Resources, LogPath, Group, Life, Options);
    }

    public string LogPath => Path.Combine(_root, "log");

    public string VotesPath => Path.Combine(_root, "votes");

    public IFileSystem Files { get; }

    public LogOptions Options { get; }

    public VoteJournal Journal { get; }

    public LogResources Resources { get; }

    public FlushPlanner Planner { get; }

    public PartitionLog Log { get; }

    public LogEntry Append(EntryKind kind, int term, int payload, int span = 1, long timestamp = -1)
    {
        LogEntry entry = Make(Log, kind, term, payload, kind is EntryKind.Data ? span : 0, timestamp);
        Log.Append(entry);
        entry.Buffer.Release();
        return entry;
    }

    public static LogEntry Make(PartitionLog log, EntryKind kind, int term, int payload, int span, long timestamp)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payload);
        LogIndex index = log.LastIndex + 1;
        buffer.Span[EntryFrame.HeaderSize..].Fill((byte)(index.Value + term));
        return EntryFrame.Seal(buffer, 0, payload, new EntryHeader
        {
            Index = index,
            Term = new Term(term),
            Kind = kind,
            Offset = log.NextOffset,
            OffsetSpan = span,
            MaxTimestamp = timestamp,
            Mark = log.Mark,
        });
    }

    /// <summary>One disk round, flushed.</summary>
    public WriteOutcome Round()
    {
        WriteOutcome outcome = Log.WritePending();
        if (outcome.NeedsFlush)
        {
            Log.CollectDirty(Planner);
            Planner.Flush();
        }

        Log.Flushed(outcome);
        return outcome;
    }

    public LogBench Reopen()
    {
        Dispose();
        return new LogBench(Files, _root, Options, Resources.TailCache.Limit);
    }

    public void Dispose()
    {
        Log.Dispose();
        Journal.Dispose();
        Resources.OpenFiles.Dispose();
    }
}
