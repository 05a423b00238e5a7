using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// One message of one group. Which fields a kind uses is said on each; the others are zero. Everything but the
/// entries' bytes is here: an append names its entries by index and term, and whoever carries it adds their frames.
/// </summary>
public readonly record struct RaftMessage
{
    public MessageKind Kind { get; init; }

    public BrokerId From { get; init; }

    public BrokerId To { get; init; }

    /// <summary>
    /// The sender's term; in a pre-vote and in its granting, the term that the candidate would enter.
    /// </summary>
    public Term Term { get; init; }

    /// <summary>
    /// Append: the entry before the first that is sent. PreVote, Vote: the candidate's last entry. AppendReply that
    /// rejects: the <see cref="PrevIndex"/> that was rejected.
    /// </summary>
    public LogIndex PrevIndex { get; init; }

    /// <summary>The term at <see cref="PrevIndex"/> (Append, PreVote, Vote).</summary>
    public Term PrevTerm { get; init; }

    /// <summary>
    /// Append: the last entry that is sent; equal to <see cref="PrevIndex"/> when none is. AppendReply,
    /// HeartbeatReply: up to here the follower's log is known to equal the leader's, on disk or not. Heartbeat with an
    /// <see cref="Abstention"/>: once it holds this entry on its disk, the receiver counts again.
    /// </summary>
    public LogIndex LastIndex { get; init; }

    /// <summary>
    /// Append: the term of every entry that is sent. Whoever resolves the indexes to frames must find this term in
    /// each of them, and else drop the message: the log was truncated since.
    /// </summary>
    public Term EntriesTerm { get; init; }

    /// <summary>Append, Heartbeat: what the receiver may take for committed, as far as its log is verified.</summary>
    public LogIndex Commit { get; init; }

    /// <summary>
    /// AppendReply, HeartbeatReply: up to here the follower has verified <b>and flushed</b>. This is what is counted.
    /// </summary>
    public LogIndex Match { get; init; }

    /// <summary>
    /// AppendReply that rejects: where the logs may meet, with <see cref="HintTerm"/> the term there.
    /// </summary>
    public LogIndex HintIndex { get; init; }

    public Term HintTerm { get; init; }

    /// <summary>Heartbeat and its reply: the round of reads that it serves (thesis 6.4).</summary>
    public ulong ReadRound { get; init; }

    /// <summary>
    /// A reply that says no. Wake: the sender, which led the term, leads it no longer.
    /// </summary>
    public bool Rejected { get; init; }

    /// <summary>
    /// A reply: the sender may have lost what it promised before, and is not to be counted. What it grants counts only
    /// where all voters grant.
    /// </summary>
    public bool Abstains { get; init; }

    /// <summary>
    /// A reply that <see cref="Abstains"/>: a number that names this time of it. Heartbeat: the one that may end, see
    /// <see cref="LastIndex"/>.
    /// </summary>
    public long Abstention { get; init; }

    /// <summary>
    /// A reply that <see cref="Abstains"/>: what may be lost is the end of a log that was never flushed, and nothing
    /// else. Only in relaxed groups.
    /// </summary>
    public bool LacksTailOnly { get; init; }

    /// <summary>
    /// Vote: asked for by the leader itself (3.10), so that a leader's being alive is no reason to refuse.
    /// </summary>
    public bool Forced { get; init; }

    /// <summary>
    /// Heartbeat: whoever has nothing to do may sleep. HeartbeatReply: the sender sleeps, since it was offered to in
    /// <see cref="ReadRound"/> or before.
    /// </summary>
    public bool Sleep { get; init; }

    /// <summary>Only who leads the term says such a thing.</summary>
    internal bool IsFromLeader =>
        Kind is MessageKind.Append or MessageKind.Heartbeat or MessageKind.TimeoutNow or MessageKind.BeginAnew;
}
