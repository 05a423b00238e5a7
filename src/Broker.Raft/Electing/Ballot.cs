using Broker.Model;

namespace Broker.Raft;

/// <summary>Who has answered a request for votes, each once. The configuration knows whose answers count.</summary>
internal sealed class Ballot(Configuration configuration, BrokerId candidate)
{
    private readonly List<BrokerId> _granted = [];
    private readonly List<BrokerId> _refused = [];
    private readonly List<BrokerId> _abstaining = [];

    public bool IsWon => configuration.Elects(
        candidate, _granted.Contains, _abstaining.Contains);

    /// <summary>So many have refused that the rest can't be a majority.</summary>
    public bool IsLost => !configuration.IsAgreed(voter => !_refused.Contains(voter));

    public void Record(BrokerId voter, bool granted, bool abstains)
    {
        if (_granted.Contains(voter) || _refused.Contains(voter))
            return;

        (granted ? _granted : _refused).Add(voter);
        if (abstains)
            _abstaining.Add(voter);
    }
}
