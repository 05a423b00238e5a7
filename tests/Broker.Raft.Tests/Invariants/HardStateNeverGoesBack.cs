using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>Term and vote on a disk never go back, across crashes too.</summary>
public sealed class HardStateNeverGoesBack : Invariant
{
    private readonly Dictionary<(BrokerId, int), HardState> _saved = [];

    public override void AfterEvent(World world, Node node)
    {
        HardState now = node.DurableHard;
        if (_saved.TryGetValue((node.Id, node.Disks), out HardState before) && now != before)
        {
            bool forward = now.Term > before.Term
                || (now.Term == before.Term && before.VotedFor == BrokerId.None);
            Require(forward, $"{node.Id} went from {before} to {now}");
        }

        _saved[(node.Id, node.Disks)] = now;
    }
}
