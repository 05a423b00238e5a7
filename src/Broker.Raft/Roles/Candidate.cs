using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Asks for votes in a term of its own (3.4). Legal transitions: to leader once a majority voted for it, its own vote
/// counting when it is durable; to follower when a majority refused, when the leader of the term turns up, or on any
/// message of a higher term; to pre-candidate when its election timeout passes.
/// </summary>
internal sealed class Candidate(RaftCore core, bool forced) : RoleState(core)
{
    private readonly Ballot _ballot = new(core.Configuration, core.Self);
    private readonly int _timeout = core.DrawElectionTimeout();
    private int _ticks;

    public override RaftRole Role => RaftRole.Candidate;

    /// <summary>
    /// The requests wait in the outbox until term and own vote are durable, and leave together with that.
    /// </summary>
    public void Begin()
    {
        foreach (BrokerId voter in Core.Configuration.AllVoters)
        {
            if (voter != Core.Self)
                Core.Send(Request(voter));
        }
    }

    public override void HardStatePersisted() => Count(Core.Self, granted: true, Core.Abstains);

    public override void Tick()
    {
        if (++_ticks >= _timeout)
            Core.BecomePreCandidate(Core.LastCampaign);
    }

    public override LogChange Receive(in RaftMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.VoteReply:
                Count(message.From, !message.Rejected, message.Abstains);
                return LogChange.None;
            case MessageKind.Append or MessageKind.Heartbeat:
                return Follow(message);
            default:
                return LogChange.None;
        }
    }

    public override void AppendFailed() => Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);

    private RaftMessage Request(BrokerId voter) => new()
    {
        Kind = MessageKind.Vote,
        To = voter,
        Term = Core.CurrentTerm,
        PrevIndex = Core.Log.LastIndex,
        PrevTerm = Core.Log.LastTerm,
        Forced = forced,
    };

    private void Count(BrokerId voter, bool granted, bool abstains)
    {
        _ballot.Record(voter, granted, abstains);
        if (_ballot.IsWon)
            Core.BecomeLeader(byAll: !_ballot.IsWonByMajority);
        else if (_ballot.IsLost)
            Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);
    }
}
