using System.Buffers;
using Broker.Model;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// What a group's entries mean. Its members are called by the group's owner, one at a time, and must not block;
/// <see cref="Restore"/> and the replay after it by a disk loop, before the replica takes part in anything.
/// </summary>
public interface IReplicaStateMachine
{
    /// <summary>Called at most once, before the replay, with what <see cref="WriteCheckpoint"/> once wrote.</summary>
    void Restore(ReadOnlySpan<byte> checkpoint);

    /// <summary>
    /// An entry entered the local log: proposed here, received, or (<paramref name="recovering"/>) replayed. It need
    /// not be committed yet. The entry's buffer is only good during the call.
    /// </summary>
    void Appended(in LogEntry entry, bool recovering);

    /// <summary>
    /// Entries from an index on are gone, none of them committed; the next record stands at the offset.
    /// </summary>
    void Truncated(LogIndex from, Offset nextOffset);

    /// <summary>Everything up to here is committed; readers may see what lies below the high watermark.</summary>
    void Committed(LogIndex commit, Offset highWatermark);

    /// <summary>Role, term, leader, in-sync replicas or another part of the status is new.</summary>
    void StatusChanged(ReplicaStatus status);

    /// <summary>
    /// An entry of the term in which this replica leads is committed: reads may be served (thesis 6.4).
    /// </summary>
    void LeaderReady(Term term);

    /// <summary>A committed log-start entry was applied: what lies below may be deleted at any time.</summary>
    void LogStartMoved(Offset logStart);

    /// <summary>Writes the state as of the last <see cref="Committed"/> (nothing that is not committed).</summary>
    void WriteCheckpoint(IBufferWriter<byte> into);
}
