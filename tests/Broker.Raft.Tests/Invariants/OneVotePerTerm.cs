using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// No node votes twice in a term, across crashes too (3.4), as long as it keeps its disk; and none votes or leads that
/// must not.
/// </summary>
public sealed class OneVotePerTerm : Invariant
{
    private readonly Dictionary<(BrokerId, int, Term), BrokerId> _votes = [];

    public override void OnSend(World world, Node node, in RaftMessage message)
    {
        BrokerId candidate = message switch
        {
            { Kind: MessageKind.VoteReply, Rejected: false } => message.To,
            { Kind: MessageKind.Vote } => node.Id,
            _ => BrokerId.None,
        };
        if (candidate == BrokerId.None)
            return;

        bool mayTakePart = !node.Core.Abstains || node.Core.IsLastResort;
        Require(mayTakePart, $"{node.Id} takes part in an election while it abstains");
        (BrokerId, int, Term) vote = (node.Id, node.Disks, message.Term);
        _votes.TryAdd(vote, candidate);
        Require(_votes[vote] == candidate, $"{node.Id} voted for {_votes[vote]} and {candidate} in {message.Term}");
    }

    public override void AfterEvent(World world, Node node) =>
        Require(!node.Core.Abstains || !node.IsLeader, $"{node.Id} leads while it abstains");
}
