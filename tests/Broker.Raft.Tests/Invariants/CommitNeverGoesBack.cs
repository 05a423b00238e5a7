using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>The commit index of a running node only grows.</summary>
public sealed class CommitNeverGoesBack : Invariant
{
    private readonly Dictionary<(BrokerId, int Life), LogIndex> _commits = [];

    public override void AfterEvent(World world, Node node)
    {
        (BrokerId, int) key = (node.Id, node.Life);
        _commits.TryGetValue(key, out LogIndex before);
        Require(node.Core.CommitIndex >= before, $"{node.Id} went from {before} to {node.Core.CommitIndex}");
        _commits[key] = node.Core.CommitIndex;
    }
}
