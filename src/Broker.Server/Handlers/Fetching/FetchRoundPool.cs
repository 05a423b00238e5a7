using Broker.Server.Network.Frames;

namespace Broker.Server.Handlers.Fetching;

/// <summary>Keeps a bounded number of rounds to be used again, by any thread.</summary>
internal sealed class FetchRoundPool(ResponseMemory memory)
{
    private const int MostKept = 256;

    private readonly Lock _gate = new();
    private readonly Stack<FetchRound> _kept = new();

    public FetchRound Rent()
    {
        lock (_gate)
            return _kept.TryPop(out FetchRound? round) ? round : new FetchRound(this, memory);
    }

    internal void Return(FetchRound round)
    {
        lock (_gate)
        {
            if (_kept.Count < MostKept)
                _kept.Push(round);
        }
    }
}
