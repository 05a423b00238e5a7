using System.Buffers;
using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// Writes a group's checkpoints: what a restart need not replay. One is due when enough was written since the last, or
/// when it is old; never two at a time. OWNER only.
/// </summary>
internal sealed class Checkpoints(GroupOwner owner, ReplicaHostOptions options)
{
    /// <summary>Less than this is sooner replayed than written as a checkpoint.</summary>
    private const int SmallReplay = 64 << 10;

    // One that lies ahead of the log is not replaced by an older one.
    private LogIndex _last = owner.Log.KnownUpTo;
    private long _lastTick;
    private long _bytes;
    private bool _isWriting;
    private long _refusedAt = long.MinValue / 2;

    /// <summary>Until something else happens, which may be long.</summary>
    public bool CanWait => !_isWriting && _bytes <= SmallReplay && !owner.Log.Log.AwaitsCheckpoint;

    public void Written(long bytes) => _bytes += bytes;

    public void Tick(RaftCore core)
    {
        long age = core.Now - _lastTick;
        if (owner.Log.Log.AwaitsCheckpoint && core.Now - _refusedAt >= options.InTicks(options.FullDiskRetry))
            Take(core);
        if (_bytes == 0)
            return;

        bool due = age >= options.InTicks(options.CheckpointInterval)
            || (_bytes >= options.CheckpointBytes && age >= options.InTicks(options.ShortestCheckpointInterval));
        if (due)
            Take(core);
    }

    /// <summary>Null when there is nothing new, or one is being written.</summary>
    public Task<bool>? Take(RaftCore core)
    {
        LogIndex index = owner.Log.Applied;
        if (_isWriting || owner.LostState.IsLost || owner.Log.Log.TermOf(index) is not { } term)
            return null;

        if (index <= _last)
        {
            _bytes = 0;
            return null;
        }

        ArrayBufferWriter<byte> state = StateOf(core);
        LogIndex before = _last;
        (_last, _lastTick, _bytes, _isWriting) = (index, core.Now, 0, true);
        return WriteAsync(new LogCheckpoint(index, term, state.WrittenMemory), before, core);
    }

    /// <summary>
    /// What a replica begins anew from; null where this one does not lead. A leader that is not ready gives it too: it
    /// may need that very replica to commit the first entry of its term, and all that it gives is committed.
    /// </summary>
    public LogBase? Base(RaftCore core)
    {
        PartitionLog log = owner.Log.Log;
        LogIndex index = owner.Log.Applied;
        if (core.Role != RaftRole.Leader || log.TermOf(index) is not { } term || index < log.PreviousIndex)
            return null;

        var checkpoint = new LogCheckpoint(index, term, StateOf(core).WrittenMemory);
        return log.BaseWith(checkpoint);
    }

    /// <summary>
    /// DISK. In a relaxed group what is committed may be lost again, by all. Then no state may be left that knows more
    /// than the logs do: it is kept only when the log is flushed that far.
    /// </summary>
    public static bool HoldsFlushed(GroupOwner owner, LogIndex index)
    {
        if (!owner.Unflushed.IsRelaxed || owner.Log.Log.FlushedIndex >= index)
            return true;

        owner.Lane.FlushNow(owner);
        return owner.Log.Log.FlushedIndex >= index;
    }

    private ArrayBufferWriter<byte> StateOf(RaftCore core)
    {
        var state = new ArrayBufferWriter<byte>(256);
        CheckpointHead.Write(state, owner.Log.HighWatermark, core.CommittedConfiguration);
        owner.Machine.WriteCheckpoint(state);
        return state;
    }

    private async Task<bool> WriteAsync(LogCheckpoint checkpoint, LogIndex before, RaftCore core)
    {
        bool isWritten = false;
        try
        {
            return isWritten = await owner.Lane.RunAsync(() => Write(checkpoint));
        }
        finally
        {
            owner.Replica.Tell(_ =>
            {
                _isWriting = false;
                if (!isWritten)
                    (_last, _refusedAt) = (before, core.Now);
            });
        }
    }

    // What had to wait for it may go.
    private bool Write(LogCheckpoint checkpoint)
    {
        if (!HoldsFlushed(owner, checkpoint.Index))
            throw new StorageException($"the log of {owner.Id} is not flushed up to {checkpoint.Index}");

        PartitionLog log = owner.Log.Log;
        log.WriteCheckpoint(checkpoint.Index, checkpoint.Term, checkpoint.State.Span);
        if (log.AwaitsCheckpoint)
            log.Maintain();
        return true;
    }
}
