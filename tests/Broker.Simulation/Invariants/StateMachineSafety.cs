using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// No two replicas apply different entries at an index (thesis, figure 3.2), and with the same entries comes the same
/// state, checkpoints included.
/// </summary>
public sealed class StateMachineSafety(Findings findings) : Invariant(findings)
{
    public override void Started(ReplicaRecord replica)
    {
        GroupRecord group = replica.Group;
        if (!replica.IsStateLost && replica.Commit <= group.LastCommitted
            && replica.StateHash != group.HashAt(replica.Commit))
            Broken($"{replica} restored another state at {replica.Commit}");
    }

    public override void Committed(ReplicaRecord replica, in EntryRecord entry)
    {
        GroupRecord group = replica.Group;
        if (entry.Index == group.LastCommitted + 1)
            group.Commit(entry);
        else if (entry.Index > group.LastCommitted)
            Broken($"{replica} applies {entry}, but nobody has applied what stands before it");
        else if (group[entry.Index] != entry)
            Broken($"{replica} applies {entry} where {group[entry.Index]} was applied");
    }
}
