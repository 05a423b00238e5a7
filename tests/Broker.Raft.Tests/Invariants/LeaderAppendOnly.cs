using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>A leader never overwrites or deletes entries in its log; it only appends new ones (figure 3.2).</summary>
public sealed class LeaderAppendOnly : Invariant
{
    private readonly Dictionary<(BrokerId, Term), (LogIndex End, long Fingerprint)> _logs = [];

    public override void AfterEvent(World world, Node node)
    {
        if (!node.IsLeader)
            return;

        (BrokerId, Term) key = (node.Id, node.Core.CurrentTerm);
        if (_logs.TryGetValue(key, out (LogIndex End, long Fingerprint) before))
            Require(node.Log.Contains(before.End, before.Fingerprint), $"{node.Id} changed {before.End} or before");

        _logs[key] = (node.Log.LastIndex, node.Log.FingerprintAt(node.Log.LastIndex));
    }
}
