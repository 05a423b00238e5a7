using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>At most one leader can be elected in a given term (thesis, figure 3.2).</summary>
public sealed class ElectionSafety(Findings findings) : Invariant(findings)
{
    private readonly Dictionary<(PartitionId Group, Term Term), ReplicaRecord> _leaders = [];

    public override void Leads(ReplicaRecord replica, Term term)
    {
        if (!_leaders.TryAdd((replica.Group.Id, term), replica) && _leaders[(replica.Group.Id, term)] != replica)
            Broken($"{replica} and {_leaders[(replica.Group.Id, term)]} both lead in term {term}");
    }
}
