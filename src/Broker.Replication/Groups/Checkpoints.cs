using System.Buffers;
using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// Writes a group's checkpoints: what a restart need not replay. One is due when enough was written since the last, or
/// when it is old; never two at a time. OWNER only.
/// </summary>
internal sealed class Checkpoints(GroupOwner owner, ReplicaHostOptions options)
{
    /// <summary>Less than this is sooner replayed than written as a checkpoint.</summary>
    private const int SmallReplay = 64 << 10;

    private LogIndex _last;
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
        if (_isWriting || index <= _last || owner.Log.Log.TermOf(index) is not { } term)
            return null;

        var state = new ArrayBufferWriter<byte>(256);
        CheckpointHead.Write(state, owner.Log.HighWatermark, core.CommittedConfiguration);
        owner.Machine.WriteCheckpoint(state);
        (_last, _lastTick, _bytes, _isWriting) = (index, core.Now, 0, true);
        return WriteAsync(index, term, state);
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
