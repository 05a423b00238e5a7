using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>A read sees all that was committed, anywhere, before it was asked for (6.4, lesson 1).</summary>
public sealed class ReadsAreLinearizable : Invariant
{
    public override void AfterEvent(World world, Node node)
    {
        foreach (ReadState read in node.Reads)
        {
            PendingRead pending = world.TakeRead(read.Context);
            if (read.Index is { } index)
            {
                LogIndex least = pending.CommittedBefore;
                Require(index >= least, $"{node.Id} reads {index} when {least} had been committed");
                Require(index <= node.Core.CommitIndex, $"{node.Id} reads {index} past its commit index");
            }
        }

        node.Reads.Clear();
    }
}
