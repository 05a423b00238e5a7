using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>When a leader commits, a majority of the voters have the entry on disk.</summary>
public sealed class CommittedIsOnAQuorumOfDisks : Invariant
{
    private readonly Dictionary<BrokerId, LogIndex> _commits = [];

    public override void AfterEvent(World world, Node node)
    {
        _commits.TryGetValue(node.Id, out LogIndex before);
        LogIndex commit = node.Core.CommitIndex;
        _commits[node.Id] = commit;
        if (!node.IsLeader || commit <= before)
            return;

        long fingerprint = node.Log.FingerprintAt(commit);
        int disks = world.Nodes.Count(other =>
            world.HasLostFlushedEntries(other) || other.DurableLog.Contains(commit, fingerprint));
        Require(disks >= world.Voters.Majority, $"{node.Id} committed {commit}, which is on {disks} disks");
    }
}
