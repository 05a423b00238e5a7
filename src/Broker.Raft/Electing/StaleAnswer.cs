using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// A node with a lower term is always answered, or a leader that was left behind and a node that came back with a
/// higher term would never agree on one. The answer tells the term and grants nothing.
/// </summary>
internal static class StaleAnswer
{
    /// <summary>Null: a kind that nobody waits for an answer to.</summary>
    public static RaftMessage? To(in RaftMessage message, Term term)
    {
        MessageKind? reply = message.Kind switch
        {
            MessageKind.Vote => MessageKind.VoteReply,
            MessageKind.Append => MessageKind.AppendReply,
            MessageKind.Heartbeat => MessageKind.HeartbeatReply,
            _ => null,
        };
        return reply is { } kind
            ? new RaftMessage { Kind = kind, To = message.From, Term = term, Rejected = true }
            : null;
    }
}
