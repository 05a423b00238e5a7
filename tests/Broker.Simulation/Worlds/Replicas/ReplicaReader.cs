using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Invariants;
using Broker.Storage;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>Reads what replicas have committed, from their files, as consumers do; compares every entry.</summary>
internal sealed class ReplicaReader(Findings findings)
{
    private const int PieceSize = 8 << 10;

    /// <summary>
    /// Some entries from a place on, as far as they are committed there. False: they could not be read.
    /// </summary>
    public bool TryRead(ReplicaSeat seat, GroupRecord group, LogIndex from, LogIndex last)
    {
        if (seat.Find(group) is not { } replica)
            return true;

        using var slices = new LogSlices();
        for (LogIndex at = LogIndex.Max(from, replica.Log.FirstIndex); at <= last; at = slices.LastIndex + 1)
        {
            ReadOutcome outcome = replica.Log.ReadFrames(at, last, PieceSize, replica.Log.Truncations, slices);
            if (outcome != ReadOutcome.Ok || slices.Entries == 0)
                return false;

            foreach (LogEntry entry in slices.Frames)
                Compare(seat, group, entry);
        }

        return true;
    }

    private void Compare(ReplicaSeat seat, GroupRecord group, in LogEntry entry)
    {
        EntryRecord known = group[entry.Index];
        ulong hash = EntryRecord.HashOf(entry.Payload.Span);
        if (hash != known.Hash || entry.Offset != known.Offset || entry.Term != known.Term)
            findings.Add($"ReadBack: {seat.Name} serves another entry where {known} of {group.Name} is committed");
    }
}
