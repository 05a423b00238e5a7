using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants.Members;

/// <summary>
/// A leader that does not vote in a configuration leads until it is committed, and no longer (4.2.2): in a joint one
/// whoever is of either half votes, and one that is of neither leaves it to them to end it.
/// </summary>
public sealed class RemovedLeadersStepDown : Invariant
{
    public override void AfterEvent(World world, Node node)
    {
        ConfigurationEntry inForce = node.InForce;
        bool mayLead = inForce.Index > node.Core.CommitIndex || inForce.Configuration.AllVoters.Contains(node.Id);
        Require(!node.IsLeader || mayLead, $"{node.Id} leads and was removed by {inForce}");
    }
}
