using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// Who leads a term has the votes of a majority of its voters, and while joint of either half (4.3); or its own alone,
/// of two, while the other abstains. Learners and removed nodes answer, and are not counted.
/// </summary>
public sealed class ElectedByAMajority : Invariant
{
    private readonly Dictionary<(BrokerId Candidate, Term), List<BrokerId>> _votes = [];
    private readonly HashSet<(BrokerId, Term)> _checked = [];

    public override void OnSend(World world, Node node, in RaftMessage message)
    {
        if (message is { Kind: MessageKind.VoteReply, Rejected: false })
            VotesOf(message.To, message.Term).Add(node.Id);
    }

    public override void AfterEvent(World world, Node node)
    {
        Term term = node.Core.CurrentTerm;
        if (!node.IsLeader || !_checked.Add((node.Id, term)))
            return;

        List<BrokerId> votes = VotesOf(node.Id, term);
        if (node.DurableHard == new HardState(term, node.Id))
            votes.Add(node.Id);
        Configuration inForce = node.InForce.Configuration;
        Require(
            Majorities.Agree(inForce, id => votes.Contains(id) || IsLoneOfTwo(world, inForce, votes, node.Id, id)),
            $"{node.Id} leads {term} by {string.Join(", ", votes)} of {inForce}");
    }

    private static bool IsLoneOfTwo(
        World world, Configuration inForce, List<BrokerId> votes, BrokerId leader, BrokerId other) =>
        inForce is { IsJoint: false, Voters.Voters.Length: 2 } && inForce.IsVoter(leader) && votes.Contains(leader)
        && world.Nodes[other.Value - 1].Abstains;

    private List<BrokerId> VotesOf(BrokerId candidate, Term term)
    {
        if (!_votes.TryGetValue((candidate, term), out List<BrokerId>? votes))
            _votes[(candidate, term)] = votes = [];
        return votes;
    }
}
