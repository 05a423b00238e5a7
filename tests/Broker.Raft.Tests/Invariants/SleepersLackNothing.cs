using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// Who sleeps knows all that it has to be committed; and when a leader falls asleep, all of its log is on the disk of
/// every voter.
/// </summary>
public sealed class SleepersLackNothing : Invariant
{
    private readonly HashSet<BrokerId> _asleep = [];

    public override void AfterEvent(World world, Node node)
    {
        if (!node.IsUp || !node.Core.IsAsleep)
        {
            _asleep.Remove(node.Id);
            return;
        }

        LogIndex end = node.Log.LastIndex;
        Require(node.Core.CommitIndex == end && node.KeptLog.LastIndex == end, $"{node.Id} sleeps behind {end}");
        if (!_asleep.Add(node.Id) || !node.IsLeader)
            return;

        foreach (BrokerId voter in node.Core.Configuration.AllVoters)
        {
            Node other = world.Nodes[voter.Value - 1];
            Require(
                world.HasLostFlushedEntries(other) || other.MayHaveLostTail
                    || other.KeptLog.TermOf(end) == node.Log.LastTerm,
                $"{node.Id} falls asleep, and {voter} has not got {end}");
        }
    }
}
