using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// Who leads a term has the votes of a majority of its voters, and while joint of either half (4.3), and none of those
/// abstained; or its own alone, of two, while the other abstains; or it has the votes of all, abstaining or not.
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
        bool isByMajority = Majorities.Agree(
            inForce, id => votes.Contains(new Vote(id, false)) || IsLoneOfTwo(world, inForce, votes, node.Id, id));
        bool isByAll = inForce.AllVoters.All(
            id => votes.Exists(vote => vote.By == id) || (id == node.Id && isOwnSaved));
        Require(isByMajority || isByAll, $"{node.Id} leads {term} by {string.Join(", ", votes)} of {inForce}");
    }

    private static bool IsLoneOfTwo(
        World world, Configuration inForce, List<Vote> votes, BrokerId leader, BrokerId other) =>
        inForce is { IsJoint: false, Voters.Voters.Length: 2 } && inForce.IsVoter(leader)
        && votes.Contains(new Vote(leader, false)) && world.Nodes[other.Value - 1].Abstains;

    private List<Vote> VotesOf(BrokerId candidate, Term term)
    {
        if (!_votes.TryGetValue((candidate, term), out List<Vote>? votes))
            _votes[(candidate, term)] = votes = [];
        return votes;
    }
}
