using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>A leader moves its commit index only to an entry of its own term (3.6.2, figure 3.7).</summary>
public sealed class OnlyOwnTermIsCounted : Invariant
{
    private readonly Dictionary<(BrokerId, Term), LogIndex> _commits = [];

    public override void AfterEvent(World world, Node node)
    {
        if (!node.IsLeader)
            return;

        (BrokerId, Term) key = (node.Id, node.Core.CurrentTerm);
        LogIndex commit = node.Core.CommitIndex;
        if (_commits.TryGetValue(key, out LogIndex before) && before != commit)
            Require(node.Log.TermOf(commit) == node.Core.CurrentTerm, $"{node.Id} counted for {commit}");

        _commits[key] = commit;
    }
}
