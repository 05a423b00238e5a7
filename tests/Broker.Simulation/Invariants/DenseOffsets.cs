using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// Offsets have no gaps and none is given twice: in every log, among what is committed, and in acknowledgements.
/// </summary>
public sealed class DenseOffsets(Findings findings) : Invariant(findings)
{
    private readonly Dictionary<(PartitionId Group, Offset Offset), Acknowledgement> _acknowledged = [];

    public override void Appended(ReplicaRecord replica, in EntryRecord entry)
    {
        if (replica.Find(entry.Index - 1) is { } before && before.NextOffset != entry.Offset)
            Broken($"{replica} appends {entry} behind {before}, which ends at {before.NextOffset}");
    }

    public override void Truncated(ReplicaRecord replica, LogIndex from, Offset nextOffset)
    {
        if (replica.Find(from) is { } entry && entry.Offset != nextOffset)
            Broken($"{replica} goes on at offset {nextOffset} after it truncated {entry}");
    }

    public override void CommitMoved(ReplicaRecord replica, LogIndex commit, Offset highWatermark)
    {
        if (replica.Find(commit) is { } entry && entry.NextOffset != highWatermark)
            Broken($"{replica}: high watermark {highWatermark} with {entry} committed last");
    }

    public override void Acknowledged(GroupRecord group, Acknowledgement what)
    {
        if (what.LeaderOnly)
            return;

        // What all voters of a relaxed group have lost leaves its offset free.
        (PartitionId, Offset) at = (group.Id, what.Offset);
        if (_acknowledged.TryGetValue(at, out Acknowledgement? known) && group.Acknowledged.Contains(known))
            Broken($"{group.Name}: offset {what.Offset} was acknowledged twice");
        _acknowledged[at] = what;
    }
}
