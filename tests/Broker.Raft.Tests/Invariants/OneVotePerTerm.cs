using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>No node votes twice in a term, across crashes too (3.4); and none votes or leads that must not.</summary>
public sealed class OneVotePerTerm : Invariant
{
    private readonly Dictionary<(BrokerId, Term), BrokerId> _votes = [];

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

        Require(!node.Core.Abstains, $"{node.Id} takes part in an election while it abstains");
        _votes.TryAdd((node.Id, message.Term), candidate);
        Require(
            _votes[(node.Id, message.Term)] == candidate,
            $"{node.Id} voted for {_votes[(node.Id, message.Term)]} and {candidate} in {message.Term}");
    }

    public override void AfterEvent(World world, Node node) =>
        Require(!node.Core.Abstains || !node.IsLeader, $"{node.Id} leads while it abstains");
}
