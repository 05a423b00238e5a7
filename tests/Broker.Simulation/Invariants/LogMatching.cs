using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// If two logs contain an entry with the same index and term, they are identical up to it (thesis, figure 3.2): the
/// entries are equal, and so are the terms before them.
/// </summary>
public sealed class LogMatching(Findings findings) : Invariant(findings)
{
    private readonly Dictionary<(PartitionId Group, LogIndex Index, Term Term), (EntryRecord Entry, Term? Before)> _seen
        = [];

    public override void Appended(ReplicaRecord replica, in EntryRecord entry)
    {
        if (entry.Index != replica.Last + 1 && replica.Last >= replica.First)
            Broken($"{replica} ends at {replica.Last} and appends {entry}");

        Term? before = entry.Index.Value == 1 ? Term.Zero : replica.Find(entry.Index - 1)?.Term;
        if (before > entry.Term)
            Broken($"{replica} appends {entry} behind an entry of term {before}");

        var key = (replica.Group.Id, entry.Index, entry.Term);
        if (!_seen.TryGetValue(key, out (EntryRecord Entry, Term? Before) known))
        {
            _seen.Add(key, (entry, before));
            return;
        }

        if (known.Entry != entry)
            Broken($"{replica} holds {entry} where another has {known.Entry}");
        if (known.Before is not null && before is not null && known.Before != before)
            Broken($"{replica} holds term {before} before {entry}, another has term {known.Before} there");
        if (known.Before is null && before is not null)
            _seen[key] = (entry, before);
    }
}
