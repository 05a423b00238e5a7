using Broker.Model;
using Broker.Raft;

namespace Broker.Simulation.Invariants;

/// <summary>
/// A broker votes once in a term (thesis 3.4, 3.8) and never speaks in an older term than in an earlier life, whatever
/// crashed in between. Seen on the wire: only a vote that was told binds.
/// </summary>
public sealed class OneVotePerTerm(Findings findings) : Invariant(findings)
{
    private readonly Dictionary<(PartitionId Group, BrokerId Voter, Term Term), BrokerId> _votes = [];
    private readonly Dictionary<(PartitionId Group, BrokerId Broker), (int Life, Term Before, Term Newest)> _terms = [];

    public override void Sent(GroupRecord group, in RaftMessage message, int life)
    {
        if (message.Kind is MessageKind.PreVote or MessageKind.PreVoteReply)
            return;

        CheckTerm(group, message, life);
        if (message.Kind == MessageKind.Vote)
            Vote(group, message.From, message.From, message.Term);
        else if (message is { Kind: MessageKind.VoteReply, Rejected: false })
            Vote(group, message.From, message.To, message.Term);
    }

    // What it voted before can't matter any more once it counts again (docs/decisions/0011-wiped-replicas.md).
    public override void Forgot(BrokerId broker)
    {
        foreach (var key in _votes.Keys.Where(key => key.Voter == broker).ToList())
            _votes.Remove(key);
        foreach (var key in _terms.Keys.Where(key => key.Broker == broker).ToList())
            _terms.Remove(key);
    }

    private void Vote(GroupRecord group, BrokerId voter, BrokerId candidate, Term term)
    {
        var key = (group.Id, voter, term);
        if (!_votes.TryAdd(key, candidate) && _votes[key] != candidate)
            Broken($"{group.Name}: broker {voter} votes for {_votes[key]} and for {candidate} in term {term}");
    }

    private void CheckTerm(GroupRecord group, in RaftMessage message, int life)
    {
        var key = (group.Id, message.From);
        (int Life, Term Before, Term Newest) known = _terms.GetValueOrDefault(key);
        if (life != known.Life)
            known = (life, known.Newest, known.Newest);
        if (message.Term < known.Before)
        {
            Broken($"{group.Name}: broker {message.From} speaks in term {message.Term} ({message.Kind}) and was in "
                + $"term {known.Before} before it restarted");
        }

        Term newest = message.Term > known.Newest ? message.Term : known.Newest;
        _terms[key] = known with { Newest = newest };
    }
}
