using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants.Members;

/// <summary>
/// The latest configuration in the log is in force: from its append on, and not after its truncation (4.1).
/// </summary>
public sealed class ConfigurationIsTheLogs : Invariant
{
    public override void AfterEvent(World world, Node node)
    {
        if (!node.IsUp)
            return;

        var core = new ConfigurationEntry(node.Core.ConfigurationIndex, node.Core.Configuration);
        Require(core == node.InForce, $"{node.Id} goes by {core}; its log says {node.InForce}");
    }
}
