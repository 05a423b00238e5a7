using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// A group's log as its owner sees it: what enters and leaves it passes here, so that the state machine, the high
/// watermark, the log start and the memory of peers follow. OWNER only, but for what says otherwise.
/// </summary>
internal sealed class GroupLog(PartitionLog log, IReplicaStateMachine machine, GroupContext context)
{
    private readonly CommitMarks _marks = new();
    private readonly ReceivedBytes _received = new(context.Memory);
    private long _highWatermark;
    private long _ownIndex;
    private volatile bool _isDue;
    private bool _hasPending;

    public PartitionLog Log => log;

    /// <summary>Any thread.</summary>
    public Offset HighWatermark => new(Volatile.Read(ref _highWatermark));

    public GroupConfigurations Configurations { get; } = new();

    public WriterMark Mark => log.Mark;

    /// <summary>
    /// What the state machine was told is committed: behind the core's commit index until the step ends.
    /// </summary>
    public LogIndex Applied { get; private set; }

    /// <summary>
    /// Up to here the state machine knew everything when the log was opened, be it that the log ends before that: all
    /// of it is committed, and comes again from a leader. The state machine is not told of it twice.
    /// </summary>
    public LogIndex KnownUpTo { get; set; }

    /// <summary>Any thread. The last entry that is no record: what such say is never left to the page cache.</summary>
    public LogIndex OwnIndex => new(Volatile.Read(ref _ownIndex));

    /// <summary>Before the first round: an entry that stood in the log already.</summary>
    public void Replay(in LogEntry entry)
    {
        _marks.Push(MarkOf(entry));
        Configurations.Appended(entry);
        if (entry.Index > KnownUpTo)
            machine.Appended(entry, recovering: true);
    }

    /// <summary>Before the first round: an entry that is committed for certain, and will not be replayed.</summary>
    public void RestoreLogStart(in LogEntry entry)
    {
        (LogIndex index, Offset offset) = LogStartPayload.Read(entry);
        MoveLogStart(index, offset);
    }

    /// <summary>Before the first round: where the high watermark stands while nothing behind it is committed.</summary>
    public void StartAt(Offset highWatermark) => Volatile.Write(ref _highWatermark, highWatermark.Value);

    public void Append(in LogEntry entry)
    {
        log.Append(entry);
        _hasPending = true;
        if (entry.Kind != EntryKind.Data)
            Volatile.Write(ref _ownIndex, entry.Index.Value);
        _marks.Push(MarkOf(entry));
        if (entry.Index > KnownUpTo)
            machine.Appended(entry, recovering: false);
    }

    /// <summary>An entry of the group's own, which takes no offset.</summary>
    public void AppendOwn(EntryKind kind, Term term, ReadOnlySpan<byte> payload)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payload.Length);
        payload.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        var header = new EntryHeader
        {
            Index = log.LastIndex + 1,
            Term = term,
            Kind = kind,
            Offset = log.NextOffset,
            MaxTimestamp = -1,
            Mark = Mark,
        };
        Append(EntryFrame.Seal(buffer, 0, payload.Length, header));
        buffer.Release();
    }

    public void AppendConfiguration(Term term, Configuration configuration)
    {
        Span<byte> payload = stackalloc byte[ConfigurationCodec.SizeOf(configuration)];
        ConfigurationCodec.Encode(configuration, payload);
        AppendOwn(EntryKind.Configuration, term, payload);
    }

    public void AppendLogStart(Term term, LogIndex index, Offset offset)
    {
        Span<byte> payload = stackalloc byte[LogStartPayload.Size];
        LogStartPayload.Write(payload, index, offset);
        AppendOwn(EntryKind.LogStart, term, payload);
    }

    /// <summary>Carries out what the core decided about a received append; takes the batch over.</summary>
    public void Apply(in LogChange change, in RaftMessage message, EntryBatch? batch)
    {
        if (change.TruncateFrom is { } from)
            Truncate(from);

        if (batch is null)
            return;

        for (LogIndex index = change.AppendFrom; index <= change.AppendTo; index += 1)
        {
            LogEntry entry = batch[(int)(index - message.PrevIndex) - 1];
            Append(entry);
            Configurations.Appended(entry);
        }

        if (change.Appends)
            _received.Hold(change.AppendTo, batch.Bytes);
        else
            context.Memory.Give(batch.Bytes);
        batch.Release();
    }

    /// <summary>True once after something was appended or truncated: a disk round is due.</summary>
    public bool TakePending()
    {
        bool had = _hasPending;
        _hasPending = false;
        return had;
    }

    /// <summary>DISK. True once after the log start moved: segments may go.</summary>
    public bool TakeMaintenance()
    {
        bool was = _isDue;
        _isDue = false;
        return was;
    }

    public void Written(LogIndex index) => _received.Written(index);

    public void CommitTo(LogIndex commit)
    {
        while (_marks.TryPopUpTo(commit, out CommitMarks.Mark mark))
        {
            Volatile.Write(ref _highWatermark, mark.NextOffset.Value);
            if (mark.LogStart is { } start)
                MoveLogStart(mark.LogStartIndex, start);
        }

        if (commit >= KnownUpTo)
            machine.Committed(commit, HighWatermark);
        Applied = commit;
    }

    public void Close() => _received.ReleaseAll();

    private void Truncate(LogIndex from)
    {
        // Only what is not committed can go, and of all that the marks know where it stands.
        Offset next = _marks.TruncateFrom(from) ?? HighWatermark;
        log.TruncateFrom(from, next);
        _hasPending = true;
        Volatile.Write(ref _ownIndex, Math.Min(_ownIndex, from.Value - 1));
        _received.Truncated(from);
        if (from > KnownUpTo)
            machine.Truncated(from, next);
    }

    private void MoveLogStart(LogIndex index, Offset offset)
    {
        // Behind a base come entries that were decided before it.
        if (offset <= log.LogStartOffset && index <= log.LogStartIndex)
            return;

        log.SetLogStart(index, offset);
        machine.LogStartMoved(offset);
        _isDue = true;
        _hasPending = true;
    }

    private static CommitMarks.Mark MarkOf(in LogEntry entry)
    {
        if (entry.Kind != EntryKind.LogStart)
            return new CommitMarks.Mark(entry.Index, entry.NextOffset, LogIndex.Zero, null);

        (LogIndex start, Offset offset) = LogStartPayload.Read(entry);
        return new CommitMarks.Mark(entry.Index, entry.NextOffset, start, offset);
    }
}
