namespace Broker.Raft;

/// <summary>The values travel between brokers and are never given another meaning.</summary>
public enum MessageKind : byte
{
    PreVote = 1,
    PreVoteReply = 2,
    Vote = 3,
    VoteReply = 4,
    Append = 5,
    AppendReply = 6,
    Heartbeat = 7,
    HeartbeatReply = 8,
    TimeoutNow = 9,
    Wake = 10,

    /// <summary>
    /// The leader's log begins behind PrevIndex, of PrevTerm, and what the receiver needs before that is gone: it has
    /// to begin anew there, with the state up to there.
    /// </summary>
    BeginAnew = 11,
}
