using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Invariants;

namespace Broker.Raft.Tests.Worlds;

/// <summary>What the worlds of relaxed groups have shown so far. A kind world proves nothing.</summary>
public sealed class RelaxedSightings : Invariant
{
    private readonly HashSet<(World, Term)> _byAll = [];
    private readonly Dictionary<World, int> _losses = [];

    /// <summary>Leaders that were elected by all voters, some of which abstained.</summary>
    public int ByAll => _byAll.Count;

    /// <summary>Power cuts after which something committed was on no voter any more.</summary>
    public int Losses => _losses.Values.Sum();

    /// <summary>Learners and removed leaders that had something committed which all voters lost.</summary>
    public int Contradicted { get; private set; }

    public override void AfterEvent(World world, Node node)
    {
        if (node.IsLeader && node.Core.WasElectedByAll)
            _byAll.Add((world, node.Core.CurrentTerm));
        _losses[world] = world.Losses.Times;
        if (node.IsUp && node.MustBeginAnew)
            Contradicted++;
    }
}
