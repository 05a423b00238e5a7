using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// In a relaxed group what was committed is missing in a leader only if so many voters lost their power, and were not
/// filled since, that the others are no majority. So neither the death of any number of processes loses anything, nor
/// a power cut of a minority.
/// </summary>
public sealed class OnlyPowerCutsLose : Invariant
{
    public override void AfterEvent(World world, Node node)
    {
        if (world.Losses.Missing(node) is not { } missing)
            return;

        Configuration inForce = node.InForce.Configuration;
        bool couldElect = Majorities.Agree(inForce, id => !world.Losses.HasLostPower(world.Nodes[id.Value - 1]));
        Require(!couldElect, $"{node.Id} leads without committed {missing}, and enough of {inForce} kept their power");
    }
}
