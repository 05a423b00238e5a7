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

    /// <summary>Until something else happens, which may be long.</summary>
    public bool CanWait => !_isWriting && _bytes <= SmallReplay;

    public void Written(long bytes) => _bytes += bytes;

    public void Tick(RaftCore core)
    {
        if (_bytes == 0)
            return;

        long age = core.Now - _lastTick;
        bool due = age >= options.InTicks(options.CheckpointInterval)
            || (_bytes >= options.CheckpointBytes && age >= options.InTicks(options.ShortestCheckpointInterval));
        if (due)
            Take(core);
    }

    /// <summary>Null when there is nothing new, or one is being written.</summary>
    public Task<bool>? Take(RaftCore core)
    {
        LogIndex index = owner.Log.Applied;
        if (_isWriting || owner.Log.Log.TermOf(index) is not { } term)
            return null;

        if (index <= _last)
        {
            _bytes = 0;
            return null;
        }

        ArrayBufferWriter<byte> state = StateOf(core);
        (_last, _lastTick, _bytes, _isWriting) = (index, core.Now, 0, true);
        return WriteAsync(index, term, state);
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

    private ArrayBufferWriter<byte> StateOf(RaftCore core)
    {
        var state = new ArrayBufferWriter<byte>(256);
        CheckpointHead.Write(state, owner.Log.HighWatermark, core.CommittedConfiguration);
        owner.Machine.WriteCheckpoint(state);
        return state;
    }

    private async Task<bool> WriteAsync(LogIndex index, Term term, ArrayBufferWriter<byte> state)
    {
        try
        {
            return await owner.Lane.RunAsync(() =>
            {
                owner.Log.Log.WriteCheckpoint(index, term, state.WrittenSpan);
                return true;
            });
        }
        finally
        {
            owner.Replica.Tell(_ => _isWriting = false);
        }
    }
}
