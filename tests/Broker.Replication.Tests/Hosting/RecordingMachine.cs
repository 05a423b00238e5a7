using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Broker.Model;
using Broker.Storage;
using Xunit;

namespace Broker.Replication.Tests.Hosting;

/// <summary>A state machine that keeps the records in order, and their number in its checkpoint.</summary>
internal sealed class RecordingMachine : IReplicaStateMachine
{
    private readonly Lock _gate = new();
    private readonly List<(LogIndex Index, string Text)> _entries = [];
    private int _before;
    private LogIndex _commit;

    public List<Term> ReadyTerms { get; } = [];

    public int Replayed { get; private set; }

    /// <summary>How many records a checkpoint stood for.</summary>
    public int Restored => _before;

    public Offset LogStart { get; private set; }

    /// <summary>The committed records, as far as they were not covered by a checkpoint.</summary>
    public IReadOnlyList<string> Committed
    {
        get
        {
            lock (_gate)
                return [.. _entries.Where(entry => entry.Index <= _commit).Select(entry => entry.Text)];
        }
    }

    public void Restore(ReadOnlySpan<byte> checkpoint) => _before = BinaryPrimitives.ReadInt32LittleEndian(checkpoint);

    public void Appended(in LogEntry entry, bool recovering)
    {
        if (entry.Kind != EntryKind.Data)
            return;

        lock (_gate)
        {
            Replayed += recovering ? 1 : 0;
            string text = entry.Payload.Length > 200 ? "" : Encoding.UTF8.GetString(entry.Payload.Span);
            _entries.Add((entry.Index, text));
        }
    }

    public void Truncated(LogIndex from, Offset nextOffset)
    {
        lock (_gate)
        {
            Assert.True(from > _commit);
            _entries.RemoveAll(entry => entry.Index >= from);
        }
    }

    void IReplicaStateMachine.Committed(LogIndex commit, Offset highWatermark)
    {
        lock (_gate)
        {
            Assert.True(commit >= _commit);
            _commit = commit;
        }
    }

    public void StatusChanged(ReplicaStatus status)
    {
    }

    public void LeaderReady(Term term)
    {
        lock (_gate)
            ReadyTerms.Add(term);
    }

    public void LogStartMoved(Offset logStart) => LogStart = logStart;

    public void WriteCheckpoint(IBufferWriter<byte> into)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into.GetSpan(4), _before + Committed.Count);
        into.Advance(4);
    }
}
