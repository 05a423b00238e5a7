using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// No two nodes take different entries for committed at the same index (figure 3.2); so a follower's commit index
/// never passes what it has verified (lesson 22).
/// </summary>
public sealed class StateMachineSafety : Invariant
{
    public override void AfterEvent(World world, Node node)
    {
        if (!node.IsUp || world.Losses.IsStray(node))
            return;

        LogIndex commit = node.Core.CommitIndex;
        Require(commit <= node.Log.LastIndex, $"{node.Id} commits {commit} and holds {node.Log.LastIndex}");
        Require(
            commit == LogIndex.Zero || node.Log.Contains(commit, world.Ledger[commit].Fingerprint),
            $"{node.Id} takes another entry for committed at {commit}");
    }
}
