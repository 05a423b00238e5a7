using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// In a relaxed group what was committed and survives on a single voter, whatever happened to the others, is in the log
/// of every later leader. Nor has a voter that lives committed anything that its leader lacks.
/// </summary>
public sealed class SurvivorsAreKept : Invariant
{
    public override void AfterEvent(World world, Node node)
    {
        if (world.Losses.Missing(node) is not { } missing)
            return;

        long fingerprint = world.Ledger[missing].Fingerprint;
        foreach (BrokerId id in node.InForce.Configuration.AllVoters)
        {
            Node voter = world.Nodes[id.Value - 1];
            MemoryLog left = voter.IsUp ? voter.Log : voter.KeptLog;
            Require(
                !left.Contains(missing, fingerprint),
                $"{node.Id} leads without committed {missing}, which {id} still has");
            Require(
                voter == node || !voter.IsUp || voter.Core.CommitIndex < missing,
                $"{node.Id} leads without {missing}, which {id} has committed");
        }

        world.Losses.Accept(missing, node);
    }
}
