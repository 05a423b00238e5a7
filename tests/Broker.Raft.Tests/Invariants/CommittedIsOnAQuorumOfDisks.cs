using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// When a leader commits, a majority of the voters have the entry on disk; of either half when the configuration was
/// joint as it was decided. Learners and removed nodes are not counted.
/// </summary>
public sealed class CommittedIsOnAQuorumOfDisks : Invariant
{
    private readonly Dictionary<BrokerId, LogIndex> _commits = [];
    private readonly Dictionary<BrokerId, Configuration> _inForce = [];

    public override void AfterEvent(World world, Node node)
    {
        _commits.TryGetValue(node.Id, out LogIndex before);
        LogIndex commit = node.Core.CommitIndex;
        _commits[node.Id] = commit;

        // What is appended in the same event was appended because of the decision, and so after it.
        _inForce.TryGetValue(node.Id, out Configuration? inForce);
        _inForce[node.Id] = node.InForce.Configuration;
        if (!node.IsLeader || commit <= before)
            return;

        long fingerprint = node.Log.FingerprintAt(commit);
        bool isAgreed = Majorities.Agree(inForce ?? node.InForce.Configuration, id =>
        {
            Node voter = world.Nodes[id.Value - 1];
            return world.HasLostFlushedEntries(voter) || voter.KeptLog.Contains(commit, fingerprint)
                || (voter.MayHaveLostTail && voter.HasEverKept(commit, fingerprint));
        });
        Require(isAgreed, $"{node.Id} committed {commit}, which is on too few disks of {inForce}");
    }
}
