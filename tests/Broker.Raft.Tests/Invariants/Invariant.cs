using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// Something that holds after every event. It keeps what it has to remember from one event to the next.
/// </summary>
public abstract class Invariant
{
    /// <summary>One node has taken an input and done all that followed from it.</summary>
    public virtual void AfterEvent(World world, Node node)
    {
    }

    /// <summary>A node lets a message go.</summary>
    public virtual void OnSend(World world, Node node, in RaftMessage message)
    {
    }

    protected void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvariantBrokenException($"{GetType().Name}: {what}");
    }
}
