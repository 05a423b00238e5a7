using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>A leader never overwrites or deletes entries of its log (thesis, figure 3.2).</summary>
public sealed class LeaderAppendOnly(Findings findings) : Invariant(findings)
{
    public override void Truncated(ReplicaRecord replica, LogIndex from, Offset nextOffset)
    {
        if (replica.LeadsNow())
            Broken($"{replica} leads in term {replica.Term} and truncates from {from}");
    }
}
