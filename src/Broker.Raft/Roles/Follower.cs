using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Legal transitions: to pre-candidate on an election timeout, on its leader's process being gone, or when asked to
/// campaign; to candidate at its leader's request (TimeoutNow); to follower of a higher term on any message of one.
/// </summary>
internal sealed class Follower : RoleState
{
    private BrokerId _leader;
    private int _silentTicks;
    private int _timeout;
    private bool _leaderIsGone;

    /// <summary>
    /// Up to here the log equals the log of this term's leader: the leader said so in this term. Commit index and
    /// acknowledgements never pass it, however much more the log holds.
    /// </summary>
    private LogIndex _verified = LogIndex.Zero;

    /// <summary>The highest commit index that this term's leader has told.</summary>
    private LogIndex _leaderCommit = LogIndex.Zero;

    /// <summary>Holding this entry ends abstaining, as this term's leader said.</summary>
    private LogIndex? _fillMark;

    /// <summary>
    /// An append was taken whose entries were not flushed yet; its answer goes out with their flush.
    /// </summary>
    private bool _ackOwed;

    /// <summary>The round in which the leader last offered sleep; 0 when that holds no longer.</summary>
    private ulong _offered;

    public Follower(RaftCore core, BrokerId leader)
        : base(core)
    {
        _leader = leader;
        _timeout = core.DrawElectionTimeout();
    }

    public override RaftRole Role => RaftRole.Follower;

    public override BrokerId KnownLeader => _leader;

    public override bool HearsLeader => _leader != BrokerId.None && _silentTicks < Core.Options.ElectionTicks;

    public override void Tick()
    {
        if (++_silentTicks < _timeout)
            return;

        _silentTicks = 0;
        _timeout = Core.DrawElectionTimeout();
        ForgetLeader();
        Core.BecomePreCandidate(_leaderIsGone ? CampaignReason.ProcessGone : CampaignReason.Silence);
    }

    public override LogChange Receive(in RaftMessage message)
    {
        _offered = 0;
        switch (message.Kind)
        {
            case MessageKind.Append:
                HeardFrom(message.From);
                return TakeAppend(message);
            case MessageKind.Heartbeat:
                HeardFrom(message.From);
                TakeHeartbeat(message);
                return LogChange.None;
            case MessageKind.Wake when message.Rejected && message.From == _leader:
                ForgetLeader();
                return LogChange.None;
            case MessageKind.BeginAnew:
                HeardFrom(message.From);
                TakeBeginAnew(message);
                return LogChange.None;
            case MessageKind.TimeoutNow when Core.MayCampaign && !Core.Abstains:
                Core.BecomeCandidate(forced: true);
                return LogChange.None;
            default:
                return LogChange.None;
        }
    }

    public override void Persisted()
    {
        if (_ackOwed && _leader != BrokerId.None)
        {
            Acknowledge();
            _ackOwed = Core.PersistedIndex < _verified;
        }

        ReadmitIfFilled();
    }

    public override void HardStatePersisted() => ReadmitIfFilled();

    public override void VoteGranted() => _silentTicks = 0;

    /// <summary>
    /// The last contact is forgotten, so that votes are answered by the log alone; and this node asks for them soon.
    /// The small random delay keeps several survivors from asking at once.
    /// </summary>
    public override void PeerGone(BrokerId peer)
    {
        if (peer != _leader)
            return;

        ForgetLeader();
        _leaderIsGone = true;
        _silentTicks = 0;
        _timeout = Core.DrawPeerGoneDelay();
        if (_timeout == 0)
        {
            _timeout = Core.DrawElectionTimeout();
            Core.BecomePreCandidate(CampaignReason.ProcessGone);
        }
    }

    public override bool TrySleep(bool mayIt)
    {
        LogIndex end = Core.Log.LastIndex;
        if (!mayIt || _offered == 0 || !HearsLeader || _verified != end || _leaderCommit != end)
            return false;

        Core.Send(Claim(MessageKind.HeartbeatReply) with { ReadRound = _offered, Sleep = true });
        return true;
    }

    /// <summary>The leader offers still: it may not have heard that this replica accepted.</summary>
    public override bool SleepsThrough(in RaftMessage message) =>
        message is { Kind: MessageKind.Heartbeat, Sleep: true } && message.From == _leader
        && message.Term == Core.CurrentTerm && message.Commit == Core.CommitIndex;

    public override void Stirred() => _offered = 0;

    public override void Woken(BrokerId by)
    {
        if (_leader != BrokerId.None && by != _leader)
            Core.SayAwake(_leader, Core.CurrentTerm, resigns: false);
    }

    public override void SleptThrough(Func<BrokerId, int> silence)
    {
        if (_leader != BrokerId.None)
            _silentTicks = Math.Max(_silentTicks, silence(_leader));
    }

    private void HeardFrom(BrokerId leader)
    {
        if (_leader != leader)
        {
            if (_leader != BrokerId.None)
                throw new RaftInvariantException($"Term {Core.CurrentTerm} has two leaders: {_leader} and {leader}.");

            _leader = leader;
            _leaderIsGone = false;
            Core.LeaderFound();
        }

        if (Core.Abstains)
            Core.SpendVote(leader);
        _silentTicks = 0;
        _timeout = Math.Max(_timeout, Core.Options.ElectionTicks);
    }

    private void ForgetLeader()
    {
        if (_leader == BrokerId.None)
            return;

        _leader = BrokerId.None;
        Core.LeaderFound();
    }

    private LogChange TakeAppend(in RaftMessage append)
    {
        if (Core.IsRelaxed && ContradictsCommitted(append))
        {
            Core.Contradicted(append.PrevIndex);
            return LogChange.None;
        }

        if (!MatchesBefore(append))
        {
            Reject(append);
            return LogChange.None;
        }

        LogChange change = Compare(append);
        if (change.TruncateFrom is { } from)
            Core.Truncating(from);

        _verified = LogIndex.Max(_verified, append.LastIndex);
        if (Core.PersistedIndex >= append.LastIndex)
            Acknowledge();
        else
            _ackOwed = true;

        Commit(append.Commit);
        return change;
    }

    /// <summary>
    /// The consistency check of 3.5. What is committed here is in the log of every later leader, compacted or not.
    /// </summary>
    private bool MatchesBefore(in RaftMessage append)
    {
        Term? own = Core.Log.TermOf(append.PrevIndex);
        if (append.PrevIndex > Core.CommitIndex)
            return own == append.PrevTerm;

        if (own is { } term && term != append.PrevTerm)
            throw new RaftInvariantException(
                $"Committed entry {append.PrevIndex} is of term {term}; leader {append.From} says {append.PrevTerm}.");

        return true;
    }

    /// <summary>
    /// Where all voters of a relaxed group lost their power, what a learner has may be gone from all of them.
    /// </summary>
    private bool ContradictsCommitted(in RaftMessage append)
    {
        if (append.PrevIndex <= Core.CommitIndex && Core.Log.TermOf(append.PrevIndex) is { } before
            && before != append.PrevTerm)
        {
            return true;
        }

        for (LogIndex at = append.PrevIndex + 1; at <= append.LastIndex && at <= Core.CommitIndex; at += 1)
        {
            if (Core.Log.TermOf(at) is { } own && own != append.EntriesTerm)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Where the message departs from the log. An entry that is already there is never written again, and a shorter
    /// message that comes late removes nothing: only an entry of another term does.
    /// </summary>
    private LogChange Compare(in RaftMessage append)
    {
        LogIndex known = LogIndex.Max(_verified, Core.CommitIndex);
        LogIndex index = LogIndex.Max(append.PrevIndex, LogIndex.Min(known, append.LastIndex)) + 1;
        LogIndex both = LogIndex.Min(append.LastIndex, Core.Log.LastIndex);
        while (index <= both && Core.Log.TermOf(index) == append.EntriesTerm)
            index += 1;

        return index <= both
            ? new LogChange(index, index, append.LastIndex)
            : new LogChange(null, index, append.LastIndex);
    }

    /// <summary>
    /// Says where the logs may meet, skipping every entry of a term that the leader can't have there.
    /// </summary>
    private void Reject(in RaftMessage append)
    {
        LogIndex at = LogIndex.Min(append.PrevIndex - 1, Core.Log.LastIndex);
        LogIndex hint = LogIndex.Max(Core.Log.LastIndexAtOrBelowTerm(append.PrevTerm, at), Core.CommitIndex);
        Core.Send(new RaftMessage
        {
            Kind = MessageKind.AppendReply,
            To = _leader,
            Term = Core.CurrentTerm,
            Rejected = true,
            PrevIndex = append.PrevIndex,
            LastIndex = _verified,
            Abstains = Core.Abstains,
            Abstention = Core.Abstention,
            LacksTailOnly = Core.IsLastResort,
            HintIndex = hint,
            HintTerm = Core.Log.TermOf(hint) ?? Term.Zero,
        });
    }

    private void Acknowledge() => Core.Send(Claim(MessageKind.AppendReply));

    /// <summary>What is promised is on disk and verified, whatever else the log holds.</summary>
    private RaftMessage Claim(MessageKind kind) => new()
    {
        Kind = kind,
        To = _leader,
        Term = Core.CurrentTerm,
        LastIndex = _verified,
        Match = LogIndex.Min(_verified, Core.PersistedIndex),
        Abstains = Core.Abstains,
        Abstention = Core.Abstention,
        LacksTailOnly = Core.IsLastResort,
    };

    private void TakeHeartbeat(in RaftMessage heartbeat)
    {
        if (Core.Abstains && heartbeat.Abstention == Core.Abstention)
            _fillMark = heartbeat.LastIndex;
        Commit(heartbeat.Commit);
        _offered = heartbeat.Sleep ? heartbeat.ReadRound : 0;
        Core.Send(Claim(MessageKind.HeartbeatReply) with
        {
            ReadRound = heartbeat.ReadRound,
            Sleep = Core.IsAsleep,
        });
    }

    /// <summary>
    /// Whoever has the entry, or knows more to be committed, can still be sent what it lacks: the message is old.
    /// </summary>
    private void TakeBeginAnew(in RaftMessage message)
    {
        bool holds = Core.Log.TermOf(message.PrevIndex) == message.PrevTerm;
        if (!holds && message.PrevIndex > Core.CommitIndex)
            Core.NeedsToBeginAnew(message.PrevIndex);
    }

    private void Commit(LogIndex told)
    {
        _leaderCommit = LogIndex.Max(_leaderCommit, told);
        Core.CommitTo(LogIndex.Min(told, _verified));
        ReadmitIfFilled();
    }

    /// <summary>
    /// What may be forgotten are entries that a leader counted, or a vote as well, which takes more to make up for.
    /// That makes up for entries too, also where the leader can't commit anything without this replica. Term and vote
    /// are on disk first: who counts again must not forget in which term that was.
    /// </summary>
    private void ReadmitIfFilled()
    {
        bool isFilled = HoldsFillMark() || (!Core.HasForgottenVotes && HoldsWhatIsCommitted());
        if (Core.Abstains && isFilled && Core.HardStateIsDurable)
            Core.Readmit();
    }

    /// <summary>
    /// Once a leader has committed an entry of its own term, its log holds all that was ever committed, whatever this
    /// replica had forgotten to have acknowledged; and while this replica remembers its votes, no later leader can
    /// have been elected by them. It must be the leader's commit index, not this replica's idea of it.
    /// </summary>
    private bool HoldsWhatIsCommitted() =>
        Holds(_leaderCommit) && Core.Log.TermOf(_leaderCommit) == Core.CurrentTerm;

    private bool HoldsFillMark() => _fillMark is { } mark && Holds(mark);

    private bool Holds(LogIndex index) => index <= Core.PersistedIndex && index <= _verified;
}
