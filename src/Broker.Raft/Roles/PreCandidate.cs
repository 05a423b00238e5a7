using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Asks whether it could win, without touching its term (9.6). Legal transitions: to candidate once a majority would
/// vote for it; to follower when a majority would not, when the leader of the term turns up, when it votes for
/// another, when a better placed node asks too, or on any message of a higher term; to pre-candidate again when the
/// answers stay away.
/// </summary>
internal sealed class PreCandidate(RaftCore core) : RoleState(core)
{
    private readonly Ballot _ballot = new(core.Configuration, core.Self);
    private readonly int _timeout = core.DrawElectionTimeout();
    private int _ticks;

    public override RaftRole Role => RaftRole.PreCandidate;

    public void Begin()
    {
        foreach (BrokerId voter in Core.Configuration.AllVoters)
        {
            if (voter != Core.Self)
                Core.Send(Request(voter));
        }

        Count(Core.Self, granted: true, Core.Abstains);
    }

    public override void Tick()
    {
        if (++_ticks >= _timeout)
            Core.BecomePreCandidate(Core.LastCampaign);
    }

    public override LogChange Receive(in RaftMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.PreVoteReply when message.Rejected || message.Term == Core.CurrentTerm.Next():
                Count(message.From, !message.Rejected, message.Abstains);
                return LogChange.None;
            case MessageKind.Append or MessageKind.Heartbeat or MessageKind.TimeoutNow:
                return Follow(message);
            default:
                return LogChange.None;
        }
    }

    public override void AppendFailed() => Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);

    public override void VoteGranted() => Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);

    /// <summary>
    /// Two that ask at once would split the vote. One of them gives way to the other: the shorter log, and among
    /// equals the higher id. Whatever this decides is safe; at worst an election timeout is lost.
    /// </summary>
    public override void PreVoteGranted(in RaftMessage request)
    {
        bool equal = request.PrevTerm == Core.Log.LastTerm && request.PrevIndex == Core.Log.LastIndex;
        if (!equal || request.From < Core.Self)
            Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);
    }

    private RaftMessage Request(BrokerId voter) => new()
    {
        Kind = MessageKind.PreVote,
        To = voter,
        Term = Core.CurrentTerm.Next(),
        PrevIndex = Core.Log.LastIndex,
        PrevTerm = Core.Log.LastTerm,
    };

    private void Count(BrokerId voter, bool granted, bool abstains)
    {
        _ballot.Record(voter, granted, abstains);
        if (_ballot.IsWon)
            Core.BecomeCandidate(forced: false);
        else if (_ballot.IsLost)
            Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);
    }
}
