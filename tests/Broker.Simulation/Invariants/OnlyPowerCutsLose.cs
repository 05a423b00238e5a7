using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// A leader of a relaxed group lacks what was committed only if the power failed under so many voters, which were not
/// filled since, that the others are no majority: neither the death of all processes loses anything, nor a power cut of
/// a minority.
/// </summary>
public sealed class OnlyPowerCutsLose(Findings findings) : Invariant(findings)
{
    public override void Leads(ReplicaRecord replica, Term term)
    {
        GroupRecord group = replica.Group;
        if (SurvivorsAreKept.MissingIn(replica, term) is not { } missing)
            return;

        int kept = group.Voters.Voters.Count(broker => !group.Powerless.Contains(broker));
        if (kept >= group.Voters.Majority)
        {
            Broken($"{replica} leads in term {term} without {group[missing]}, which is committed, and {kept} of "
                + $"{group.Voters} kept their power");
        }
    }
}
