using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// Who leads a term has the votes of a majority of its voters, and while joint of either half (4.3), and none of those
/// abstained; or of two voters the vote of one, while the other abstains; or the votes of all, abstaining or not.
/// Learners and removed nodes answer, and are not counted.
/// </summary>
public sealed class ElectedByAMajority : Invariant
{
    private readonly Dictionary<(BrokerId Candidate, Term), List<Vote>> _votes = [];
    private readonly HashSet<(BrokerId, Term)> _checked = [];

    private readonly record struct Vote(BrokerId By, bool Abstains);

    public override void OnSend(World world, Node node, in RaftMessage message)
    {
        if (message is { Kind: MessageKind.VoteReply, Rejected: false })
            VotesOf(message.To, message.Term).Add(new Vote(node.Id, node.Core.Abstains));
        else if (message.Kind == MessageKind.Vote)
            VotesOf(node.Id, message.Term).Add(new Vote(node.Id, node.Core.Abstains));
    }

    public override void AfterEvent(World world, Node node)
    {
        Term term = node.Core.CurrentTerm;
        if (!node.IsLeader || !_checked.Add((node.Id, term)))
            return;

        // A group of one asks nobody.
        List<Vote> votes = VotesOf(node.Id, term);
        bool isOwnSaved = node.DurableHard == new HardState(term, node.Id);
        votes.RemoveAll(vote => vote.By == node.Id && !isOwnSaved);
        Configuration inForce = node.InForce.Configuration;
        bool isByMajority = IsBy(votes, world, inForce.Voters)
            && (inForce.Outgoing is not { } outgoing || IsBy(votes, world, outgoing));
        bool isByAll = inForce.AllVoters.All(
            id => votes.Exists(vote => vote.By == id) || (id == node.Id && isOwnSaved));
        Require(isByMajority || isByAll, $"{node.Id} leads {term} by {string.Join(", ", votes)} of {inForce}");
    }

    private static bool IsBy(List<Vote> votes, World world, VoterSet half)
    {
        BrokerId[] others = [.. half.Voters.Where(id => !votes.Contains(new Vote(id, false)))];
        bool isByLoneOfTwo = half.Voters.Length == 2 && others is [var other] && world.Nodes[other.Value - 1].Abstains;
        return isByLoneOfTwo || 2 * others.Length < half.Voters.Length;
    }

    private List<Vote> VotesOf(BrokerId candidate, Term term)
    {
        if (!_votes.TryGetValue((candidate, term), out List<Vote>? votes))
            _votes[(candidate, term)] = votes = [];
        return votes;
    }
}
