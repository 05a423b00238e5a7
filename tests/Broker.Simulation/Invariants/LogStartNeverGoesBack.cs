using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// A log start that was committed stays, across leaders and restarts, and never passes what is committed.
/// </summary>
public sealed class LogStartNeverGoesBack(Findings findings) : Invariant(findings)
{
    public override void LogStartMoved(ReplicaRecord replica, Offset start)
    {
        if (start < replica.LogStart)
            Broken($"{replica}: log start went from {replica.LogStart} to {start}");
        if (replica.Group.LastCommitted > LogIndex.Zero
            && start > replica.Group[replica.Group.LastCommitted].NextOffset)
        {
            Broken($"{replica}: log start {start} is beyond what is committed");
        }
    }
}
