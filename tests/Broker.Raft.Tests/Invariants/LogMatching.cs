using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// If two logs contain an entry with the same index and term, they are identical up to it (figure 3.2).
/// </summary>
public sealed class LogMatching : Invariant
{
    private readonly Dictionary<(LogIndex, Term), long> _prefixes = [];
    private readonly Dictionary<BrokerId, (LogIndex End, long Fingerprint)> _seen = [];

    public override void AfterEvent(World world, Node node)
    {
        LogIndex end = node.Log.LastIndex;
        long fingerprint = node.Log.FingerprintAt(end);
        if (_seen.TryGetValue(node.Id, out (LogIndex End, long Fingerprint) seen) && seen == (end, fingerprint))
            return;

        LogIndex index = node.Log.Contains(seen.End, seen.Fingerprint) ? seen.End + 1 : node.Log.FirstIndex;
        for (; index <= end; index += 1)
        {
            long prefix = node.Log.FingerprintAt(index);
            (LogIndex, Term) key = (index, node.Log[index].Term);
            Require(!_prefixes.TryGetValue(key, out long known) || known == prefix, $"{node.Id} differs up to {key}");
            _prefixes[key] = prefix;
        }

        _seen[node.Id] = (end, fingerprint);
    }
}
