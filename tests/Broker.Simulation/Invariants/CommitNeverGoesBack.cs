using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>Commit index and high watermark of a replica only grow, and nothing committed is truncated.</summary>
public sealed class CommitNeverGoesBack(Findings findings) : Invariant(findings)
{
    public override void CommitMoved(ReplicaRecord replica, LogIndex commit, Offset highWatermark)
    {
        if (commit < replica.Commit)
            Broken($"{replica}: commit went from {replica.Commit} to {commit}");
        if (highWatermark < replica.HighWatermark)
            Broken($"{replica}: high watermark went from {replica.HighWatermark} to {highWatermark}");
        if (commit > replica.Last)
            Broken($"{replica} has {commit} committed and ends at {replica.Last}");
    }

    public override void Truncated(ReplicaRecord replica, LogIndex from, Offset nextOffset)
    {
        if (from <= replica.Commit)
            Broken($"{replica} truncates from {from}, and {replica.Commit} is committed");
    }
}
