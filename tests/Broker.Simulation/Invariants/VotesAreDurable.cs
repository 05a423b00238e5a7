using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Simulation.Invariants;

/// <summary>
/// A vote is durable before it is told (thesis 3.8): the disk itself is asked when the message leaves, not a later life
/// of the broker that may have forgotten it.
/// </summary>
public sealed class VotesAreDurable(Findings findings, Func<BrokerId, GroupRecord, GroupState> durableVote)
    : Invariant(findings)
{
    public override void Sent(GroupRecord group, in RaftMessage message, int life)
    {
        if (message.Kind == MessageKind.Vote)
            Check(group, message.From, message.From, message.Term);
        else if (message is { Kind: MessageKind.VoteReply, Rejected: false })
            Check(group, message.From, message.To, message.Term);
    }

    private void Check(GroupRecord group, BrokerId voter, BrokerId candidate, Term term)
    {
        GroupState state = durableVote(voter, group);
        if (state.Term < term || (state.Term == term && state.VotedFor != candidate))
        {
            Broken($"{group.Name}: broker {voter} tells its vote for {candidate} in term {term}; "
                + $"its disk says term {state.Term}, {state.VotedFor}");
        }
    }
}
