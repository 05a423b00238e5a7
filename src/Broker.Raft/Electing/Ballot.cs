using Broker.Model;

namespace Broker.Raft;

/// <summary>Who has answered a request for votes, each once. The configuration knows whose answers count.</summary>
internal sealed class Ballot(Configuration configuration)
{
    private readonly List<BrokerId> _granted = [];
    private readonly List<BrokerId> _refused = [];

    public bool IsWon => configuration.IsAgreed(_granted.Contains);

    /// <summary>So many have refused that the rest can't be a majority.</summary>
    public bool IsLost => !configuration.IsAgreed(voter => !_refused.Contains(voter));

    public void Record(BrokerId voter, bool granted)
    {
        if (!_granted.Contains(voter) && !_refused.Contains(voter))
            (granted ? _granted : _refused).Add(voter);
    }
}
