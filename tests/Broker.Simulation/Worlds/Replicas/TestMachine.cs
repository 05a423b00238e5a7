using System.Buffers;
using System.Buffers.Binary;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Simulation.Invariants;
using Broker.Storage;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>
/// A state machine whose state is a hash over all it applied; it tells the invariants what it is told.
/// </summary>
internal sealed class TestMachine(ReplicaRecord record, InvariantSet invariants) : IReplicaStateMachine
{
    private const ulong Unknown = 0x6e6f626f6479;

    private bool _hasStarted;

    public void Restore(ReadOnlySpan<byte> checkpoint)
    {
        record.Restore(
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(checkpoint)),
            BinaryPrimitives.ReadUInt64LittleEndian(checkpoint[8..]));
    }

    public void Appended(in LogEntry entry, bool recovering)
    {
        var seen = new EntryRecord(
            entry.Index, entry.Term, entry.Kind, entry.Offset, entry.NextOffset,
            EntryRecord.HashOf(entry.Payload.Span));
        Begin(entry.Index);
        invariants.Appended(record, seen);
    }

    public void Truncated(LogIndex from, Offset nextOffset) => invariants.Truncated(record, from, nextOffset);

    public void Committed(LogIndex commit, Offset highWatermark)
    {
        Begin(commit + 1);
        invariants.Committed(record, commit, highWatermark);
    }

    public void StatusChanged(ReplicaStatus status)
    {
        bool leads = status.Role == RaftRole.Leader;
        if (leads && record.IsStateLost)
            Grant();
        if (leads && (!record.IsLeader || record.Term != status.Term))
            invariants.Leads(record, status.Term);
        if (!status.Abstains)
            record.Group.Powerless.Remove(record.Broker);
        record.IsLeader = leads;
        record.Term = status.Term;
    }

    public void LeaderReady(Term term)
    {
    }

    public void LogStartMoved(Offset logStart) => invariants.LogStartMoved(record, logStart);

    public void WriteCheckpoint(IBufferWriter<byte> into)
    {
        Span<byte> state = into.GetSpan(16);
        BinaryPrimitives.WriteInt64LittleEndian(state, record.Commit.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(state[8..], record.StateHash);
        into.Advance(16);
    }

    // Without a checkpoint nobody knows the state before a log's first entry: what comes of it never agrees with the
    // others'.
    private void Begin(LogIndex first)
    {
        if (_hasStarted)
            return;

        _hasStarted = true;
        if (record.Commit == LogIndex.Zero && first.Value > 1)
        {
            record.Restore(first - 1, Unknown);
            record.IsStateLost = true;
        }

        invariants.Started(record);
    }

    // It leads because nobody else could: from here on what it makes of the entries is the state.
    private void Grant()
    {
        record.IsStateLost = false;
        record.StateHash = record.Group.HashAt(record.Commit);
    }
}
