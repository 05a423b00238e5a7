using Broker.Model;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>No two producers are given the same id.</summary>
public sealed class ProducerIdsDiffer(Findings findings) : ClientInvariant(findings)
{
    private readonly HashSet<ProducerId> _given = [];

    public override void ProducerGiven(ProducerId id)
    {
        if (!_given.Add(id))
            Broken($"producer id {id} was given twice");
    }
}
