using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// When a client hears that its value is stored, the value's bytes are flushed on as many disks as that takes (only on
/// the leader's, if only that was asked for). The disks themselves are asked, not the code that believes to have
/// flushed. In a relaxed group being written is enough, and to have been it before the power failed.
/// </summary>
public sealed class AcknowledgedIsOnDisks(Findings findings, Func<BrokerId, GroupRecord, byte[], bool> isFlushed)
    : Invariant(findings)
{
    public override void Acknowledged(GroupRecord group, Acknowledgement what)
    {
        // The answer was under way while retention, as the group decided, let the record go.
        if (what.Offset < group.LogStart)
            return;

        if (what.LeaderOnly)
        {
            if (!isFlushed(what.By, group, what.Token))
                Broken($"{group.Name}: broker {what.By} acknowledged {what.Index} and has not flushed it");
            return;
        }

        int wanted = Math.Max(what.Replicas, group.Voters.Majority);
        int copies = group.Voters.Voters.Count(broker => isFlushed(broker, group, what.Token));
        if (copies < wanted)
        {
            Broken($"{group.Name}: {what.Index} at offset {what.Offset} was acknowledged with {copies} flushed copies; "
                + $"{wanted} were promised");
        }
    }
}
