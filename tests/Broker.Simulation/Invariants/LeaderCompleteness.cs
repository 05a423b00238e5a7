using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>What is committed is in the log of every later leader (thesis, figure 3.2).</summary>
public sealed class LeaderCompleteness(Findings findings) : Invariant(findings)
{
    public override void Leads(ReplicaRecord replica, Term term)
    {
        GroupRecord group = replica.Group;
        for (LogIndex index = replica.First; index <= group.LastCommitted; index += 1)
        {
            if (group[index].Term >= term || replica.Find(index) == group[index])
                continue;

            string has = replica.Find(index)?.ToString() ?? "nothing";
            Broken($"{replica} leads in term {term} with {has} where {group[index]} is committed");
            return;
        }
    }
}
