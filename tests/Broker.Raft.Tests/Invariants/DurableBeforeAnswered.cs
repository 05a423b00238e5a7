using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>Nothing is said in a term, about a vote or about entries before it is on disk.</summary>
public sealed class DurableBeforeAnswered : Invariant
{
    public override void OnSend(World world, Node node, in RaftMessage message)
    {
        bool speaksOfNextTerm = message is { Kind: MessageKind.PreVote }
            or { Kind: MessageKind.PreVoteReply, Rejected: false }
            or { Kind: MessageKind.PreVoteReply, Abstains: true };
        if (!speaksOfNextTerm)
            Require(node.DurableHard.Term >= message.Term, $"{node.Id} spoke in unsaved term {message.Term}");

        if (message is { Kind: MessageKind.VoteReply, Rejected: false })
            Require(node.DurableHard == new HardState(message.Term, message.To), $"{node.Id} told an unsaved vote");

        // What the owner takes out late may be of a term that is over: a later leader may have truncated the entry
        // since, just as if the message had left at once.
        if (message is { Kind: MessageKind.AppendReply, Rejected: false } && message.Term == node.Core.CurrentTerm)
        {
            LogIndex match = message.Match;
            Require(
                node.KeptLog.Contains(match, node.Log.FingerprintAt(match)),
                $"{node.Id} acknowledged {match}, which is not on its disk");
        }
    }
}
