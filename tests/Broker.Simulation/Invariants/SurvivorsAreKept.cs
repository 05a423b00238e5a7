using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// What was committed in a relaxed group and is left in the log of one voter is in the log of every later leader, and
/// nobody has committed or put into a checkpoint what its leader lacks. What is lost by this rule is taken out of the
/// group's record: the other invariants hold for what is left.
/// </summary>
public sealed class SurvivorsAreKept(Findings findings, Func<GroupRecord, IEnumerable<ReplicaRecord>> alive)
    : Invariant(findings)
{
    /// <summary>The first committed entry of an earlier term that a leader of a relaxed group lacks.</summary>
    public static LogIndex? MissingIn(ReplicaRecord leader, Term term)
    {
        GroupRecord group = leader.Group;
        if (!group.IsRelaxed)
            return null;

        for (LogIndex index = leader.First; index <= group.LastCommitted; index += 1)
        {
            if (group[index].Term < term && leader.Find(index) != group[index])
                return index;
        }

        return null;
    }

    public override void Leads(ReplicaRecord replica, Term term)
    {
        GroupRecord group = replica.Group;
        if (MissingIn(replica, term) is not { } missing)
            return;

        foreach (ReplicaRecord other in alive(group))
        {
            if (other.Find(missing) == group[missing] || (other != replica && other.Commit >= missing))
                Broken($"{replica} leads in term {term} without {group[missing]}, which {other} has");
        }

        group.LoseFrom(missing);
    }
}
