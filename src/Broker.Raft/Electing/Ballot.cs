using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Who has answered a request for votes, each once. The configuration knows whose answers count. A majority elects, of
/// voters none of which abstains; or all of them do, whatever they have lost: then nobody has more than the candidate.
/// </summary>
internal sealed class Ballot(Configuration configuration, BrokerId candidate)
{
    private readonly List<BrokerId> _granted = [];
    private readonly List<BrokerId> _grantedAbstaining = [];
    private readonly List<BrokerId> _refused = [];
    private readonly List<BrokerId> _abstaining = [];

    public bool IsWon => IsWonByMajority || configuration.AllVoters.All(HasGranted);

    public bool IsWonByMajority => configuration.Elects(
        candidate, _granted.Contains, _abstaining.Contains);

    /// <summary>Somebody has refused, and the rest can't be a majority of those who count.</summary>
    public bool IsLost => _refused.Count > 0 && !configuration.Elects(
        candidate,
        voter => !_refused.Contains(voter) && !_grantedAbstaining.Contains(voter),
        _abstaining.Contains);

    public void Record(BrokerId voter, bool granted, bool abstains)
    {
        if (HasGranted(voter) || _refused.Contains(voter))
            return;

        (!granted ? _refused : abstains ? _grantedAbstaining : _granted).Add(voter);
        if (abstains)
            _abstaining.Add(voter);
    }

    private bool HasGranted(BrokerId voter) => _granted.Contains(voter) || _grantedAbstaining.Contains(voter);
}
