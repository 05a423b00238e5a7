using Broker.Server.Network;

namespace Broker.Server.Partitions;

/// <summary>Proposals of all partitions of a broker, used again and again.</summary>
internal sealed class ProduceProposalPool(Deadlines deadlines)
{
    private const int MostKept = 4096;

    private readonly Lock _gate = new();
    private readonly Stack<ProduceProposal> _kept = new();

    public Deadlines Deadlines => deadlines;

    public ProduceProposal Rent()
    {
        lock (_gate)
        {
            if (_kept.TryPop(out ProduceProposal? kept))
                return kept;
        }

        return new ProduceProposal(this);
    }

    public void Return(ProduceProposal proposal)
    {
        lock (_gate)
        {
            if (_kept.Count < MostKept)
                _kept.Push(proposal);
        }
    }
}
