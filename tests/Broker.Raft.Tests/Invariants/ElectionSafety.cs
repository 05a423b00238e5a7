using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>At most one leader can be elected in a given term (figure 3.2).</summary>
public sealed class ElectionSafety : Invariant
{
    private readonly Dictionary<Term, BrokerId> _leaders = [];

    public override void AfterEvent(World world, Node node)
    {
        if (!node.IsLeader)
            return;

        _leaders.TryAdd(node.Core.CurrentTerm, node.Id);
        Require(
            _leaders[node.Core.CurrentTerm] == node.Id,
            $"{_leaders[node.Core.CurrentTerm]} and {node.Id} lead term {node.Core.CurrentTerm}");
    }
}
