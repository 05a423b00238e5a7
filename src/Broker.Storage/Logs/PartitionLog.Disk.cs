using Broker.Model;

namespace Broker.Storage;

/// <content>What the disk loop does: it makes the files follow the log in memory.</content>
public sealed partial class PartitionLog
{
    private volatile LogOptions? _given;

    /// <summary>Any thread. Whether a disk round has something to do.</summary>
    public bool HasPending => Locked(static state => state.Written < state.LastIndex || state.PendingCut is not null);

    /// <summary>
    /// Any thread. Whether the records that wait may take room that is kept for other entries: those that stand behind
    /// them can't be written otherwise. Only where no more records are taken on.
    /// </summary>
    public bool MayUseReserve
    {
        get => _writer.Room.MayUseReserve;
        set => _writer.Room.MayUseReserve = value;
    }

    /// <summary>DISK. Cuts what was truncated, then writes what waits, a bounded amount of it.</summary>
    public WriteOutcome WritePending()
    {
        // Once for each round, so that a round goes by one and the same.
        _writer.Options = _given ?? _writer.Options;
        WriteOutcome outcome = _writer.WritePending();
        if (outcome.Error is LogDamagedException met)
            OnDamage(met.Damage);
        return outcome;
    }

    /// <summary>DISK. Adds the files and directories that the outcome still needs flushed.</summary>
    public void CollectDirty(FlushPlanner planner) => _writer.CollectDirty(planner);

    /// <summary>DISK. The planner has flushed what was collected: publishes it.</summary>
    public void Flushed(in WriteOutcome outcome) => _writer.Flushed(outcome);

    /// <summary>Any thread. New settings of the topic: the next round of writes goes by them.</summary>
    public void Configure(LogOptions options) => _given = options;

    /// <summary>
    /// DISK. Deletes whole segments below the log start and closes one that is only kept by being written to, as far as
    /// a checkpoint tells what came of their entries. Now and then, and after the log start moved.
    /// </summary>
    public void Maintain()
    {
        LogIndex start;
        LogIndex covered = CoveredIndex + 1;
        Segment[] segments;
        lock (_state.Gate)
        {
            if (_state.PendingCut is not null)
                return;
            start = LogIndex.Min(_state.LogStartIndex, _state.Flushed + 1);
            segments = _state.Segments;
        }

        AwaitsCheckpoint = start > covered && Array.Exists(
            segments, segment => segment.LastIndex >= covered && segment.LastIndex < start);
        start = LogIndex.Min(start, covered);

        if (segments.Length > 0 && segments[^1] is { IsEmpty: false } last && last.LastIndex < start)
            TryRoll();
        DeleteBelow(start);
        _writer.LetGo();
    }

    /// <summary>
    /// Any thread. Segments below the log start are kept for want of a checkpoint: one has to be written, and then
    /// <see cref="Maintain"/> be called.
    /// </summary>
    public bool AwaitsCheckpoint
    {
        get => _awaitsCheckpoint;
        private set => _awaitsCheckpoint = value;
    }

    /// <summary>DISK. Replaces the checkpoint, durably on return.</summary>
    public void WriteCheckpoint(LogIndex index, Term term, ReadOnlySpan<byte> state)
    {
        // Entries up to it are not replayed: of the log starts among them only the journal will tell.
        if (_hasNewStart)
        {
            _hasNewStart = false;
            _resources.Journal.Flush();
        }

        if (AwaitsCheckpoint)
            _resources.Reserve.EnsureSlice();
        _checkpoint.Write(index, term, state);
        CoveredIndex = LogIndex.Max(CoveredIndex, index);
    }

    /// <summary>
    /// DISK. The newest checkpoint, if there is one that can be read, and is one of this log.
    /// </summary>
    public LogCheckpoint? ReadCheckpoint()
    {
        LogCheckpoint? checkpoint = _checkpoint.Read(out bool isDamaged);
        if (isDamaged)
        {
            _resources.Logger.CheckpointDamaged(Group);
            new DamagedFiles(_resources.FileSystem, _resources.OpenFiles, _files.Directory).Move(CheckpointFile.Name);
        }

        if (checkpoint is null || !Fits(checkpoint))
            return null;
        CoveredIndex = checkpoint.Index;
        return checkpoint;
    }

    /// <summary>
    /// DISK. At its next opening the log is given up and begins behind this, durably on return. Whoever calls this has
    /// seen to it that nothing which the log takes from now on is counted on, and that all that it was ever counted
    /// for lies at or before the base.
    /// </summary>
    public void BeginAnewFrom(LogBase begin) => _base.Write(begin);

    // Without room for the next segment this one stays, until there is.
    private void TryRoll()
    {
        try
        {
            _writer.Roll();
        }
        catch (StorageFullException)
        {
        }
    }

    private void DeleteBelow(LogIndex start)
    {
        Segment[] doomed;
        LogIndex first;
        lock (_state.Gate)
        {
            Segment[] segments = _state.Segments;
            int count = 0;
            while (count < segments.Length - 1 && segments[count].LastIndex < start)
                count++;
            if (count == 0)
                return;
            doomed = segments[..count];
        }

        _writer.SecureBeginning();

        // A gap that a half-durable deletion leaves is told from damage by the log start.
        _resources.Journal.Flush();
        lock (_state.Gate)
        {
            _state.Segments = _state.Segments[doomed.Length..];
            Segment now = _state.Segments[0];
            first = _state.FirstIndex = now.FirstIndex;
            _state.FirstOffset = now.FirstOffset;
            _state.Epochs.TrimFront(now.FirstIndex, now.Header.PreviousTerm);
            _state.DropBelowFirst();
            _state.NoteCleaned();
        }

        _files.DeleteFromFront(doomed);
        _resources.Logger.DeletedSegments(Group, doomed.Length, first);
    }
}
