using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// To whom this node gives its vote. Everybody who asks is answered, member or not, and by everybody: a promoted
/// learner that has not heard of it yet may be needed to elect the only one that can lead (4.2.2). Whose votes count
/// is for the candidate's configuration to say.
/// </summary>
internal sealed class Elector(RaftCore core, Outbox outbox)
{
    /// <summary>
    /// Stickiness (4.2.3): who hears its leader does not help to overthrow it. Except when the leader itself asks: by
    /// a transfer (3.10), or because it has started anew and so leads no more.
    /// </summary>
    public bool IsLoyalAgainst(in RaftMessage request) =>
        !request.Forced && core.HearsLeader && request.From != core.Leader;

    /// <summary>Whose log lacks nothing but its end votes as such: it is counted only where all voters are.</summary>
    private bool MayVote => !core.Abstains || core.IsLastResort;

    /// <summary>
    /// True when this node would vote so. That, and that it abstains, it says of the term that was asked about. A
    /// refusal tells its own, and nothing else if that is the one: the other has to enter it and ask about the next.
    /// </summary>
    public bool AnswerPreVote(in RaftMessage request)
    {
        Term term = core.CurrentTerm;
        bool isNew = request.Term > term;
        bool granted = isNew && MayVote && !IsLoyalAgainst(request) && IsUpToDate(request);
        core.Send(new RaftMessage
        {
            Kind = MessageKind.PreVoteReply,
            To = request.From,
            Term = granted || (core.Abstains && isNew) ? request.Term : term,
            Rejected = !granted,
            Abstains = core.Abstains && isNew,
        });
        return granted;
    }

    /// <summary>True when the vote was given.</summary>
    public bool AnswerVote(in RaftMessage request)
    {
        HardState hard = outbox.Hard;
        bool free = hard.VotedFor == BrokerId.None || hard.VotedFor == request.From;
        bool granted = free && MayVote && IsUpToDate(request);
        if (granted && hard.VotedFor == BrokerId.None)
            outbox.Change(hard with { VotedFor = request.From });

        core.Send(new RaftMessage
        {
            Kind = MessageKind.VoteReply,
            To = request.From,
            Term = hard.Term,
            Rejected = !granted,
            Abstains = core.Abstains,
        });
        return granted;
    }

    /// <summary>
    /// The restriction of 5.4.1, taken against the whole logical log. What of it is not flushed yet was acknowledged
    /// to nobody, so refusing for its sake is stricter than needed, never less strict.
    /// </summary>
    private bool IsUpToDate(in RaftMessage request)
    {
        ILogView log = core.Log;
        return request.PrevTerm > log.LastTerm
            || (request.PrevTerm == log.LastTerm && request.PrevIndex >= log.LastIndex);
    }
}
