using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>What is committed in a term is in the log of the leader of every later term (figure 3.2).</summary>
public sealed class LeaderCompleteness : Invariant
{
    private LogIndex _known;

    public override void AfterEvent(World world, Node node)
    {
        if (node.IsLeader)
            Check(world, node);

        if (world.Ledger.End == _known)
            return;

        _known = world.Ledger.End;
        foreach (Node other in world.Nodes)
        {
            if (other.IsLeader)
                Check(world, other);
        }
    }

    private void Check(World world, Node leader)
    {
        LogIndex end = world.Ledger.End;
        while (end > LogIndex.Zero && world.Ledger[end].In >= leader.Core.CurrentTerm)
            end -= 1;

        Require(
            end == LogIndex.Zero || leader.Log.Contains(end, world.Ledger[end].Fingerprint),
            $"{leader.Id} leads term {leader.Core.CurrentTerm} without committed entry {end}");
    }
}
