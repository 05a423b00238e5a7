using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Legal transitions: to follower of the same term when no quorum was heard for an election timeout (check-quorum) or
/// the own disk refuses appends, or when a configuration without it is committed; to follower of a higher term on any
/// message of one. A leader never removes or changes an entry of its log, and counts itself, like everybody, only for
/// what is flushed, and only where it votes.
/// </summary>
internal sealed partial class Leader : RoleState
{
    private readonly Followers _followers;
    private readonly MembershipChange _change;
    private readonly ReadRounds _reads;
    private readonly AppendSender _appends;
    private readonly SleepOffer _sleep;

    // What is known of a voter; the configuration makes decisions of it.
    private readonly Func<BrokerId, long> _flushed;
    private readonly Func<BrokerId, long> _heardAt;
    private readonly Func<BrokerId, long> _readRound;

    /// <summary>The first entry of the own term. Nothing is committed by counting before it is (5.4.2).</summary>
    private readonly LogIndex _termStart;

    private Transfer _transfer = Transfer.None;
    private int _heartbeatTicks;
    private bool _mustSend;

    public Leader(RaftCore core, bool byAll)
        : base(core)
    {
        WasElectedByAll = byAll;
        _since = core.Now;
        _termStart = core.Log.LastIndex + 1;
        _reads = new ReadRounds(core);
        _appends = new AppendSender(core);
        _followers = new Followers(core, _termStart);
        _change = new MembershipChange(core, _followers);
        _sleep = new SleepOffer(core, _followers, _reads);
        _flushed = id => (id == core.Self ? core.PersistedIndex : Find(id)?.Match ?? LogIndex.Zero).Value;
        _heardAt = id => id == core.Self ? core.Now : Find(id)?.HeardAt ?? FollowerProgress.Never;
        _readRound = id => (long)(id == core.Self ? _reads.Current : Find(id)?.ReadRound ?? 0);
    }

    public override RaftRole Role => RaftRole.Leader;

    public override BrokerId KnownLeader => Core.Self;

    /// <summary>Check-quorum ends this within an election timeout when it is not true.</summary>
    public override bool HearsLeader => true;

    public override bool HasOutput => MustSend || MayOfferConfiguration || OfferFreshEntry() is not null;

    public bool IsReady => Core.CommitIndex >= _termStart;

    public bool AcceptsProposals => HoldsTermStart && !_transfer.IsUnderWay;

    public BrokerId TransferTarget => _transfer.To;

    private bool HoldsTermStart => Core.Log.LastIndex >= _termStart;

    private bool MustSend => _mustSend && HoldsTermStart;

    /// <summary>While handing over nothing is appended, or the successor would never have all.</summary>
    private bool MayOfferConfiguration => _change.HasOffer && !_transfer.IsUnderWay;

    public override void Tick()
    {
        if (!HasHeardQuorum() || CannotBegin())
        {
            Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);
            return;
        }

        if (_transfer.IsUnderWay && Core.Now - _transfer.Since >= Core.Options.ElectionTicks)
            _transfer = Transfer.None;

        if (_followers.Leaving.Length > 0 && Core.ConfigurationIndex <= Core.CommitIndex)
            LetLeave();
        if (++_heartbeatTicks >= Core.Options.HeartbeatTicks)
        {
            SendHeartbeats();
            foreach (FollowerProgress follower in _followers.All)
                follower.ProbeAgain();

            _mustSend = true;
        }
    }

    public void Appended()
    {
        _change.Appended(Core.Log.LastIndex);
        _mustSend = true;
    }

    public ChangeAnswer ChangeConfiguration(Configuration target) =>
        IsReady && !_transfer.IsUnderWay ? _change.Ask(target) : ChangeAnswer.NotReady;

    public ConfigurationEntry? OfferConfiguration() => MayOfferConfiguration ? _change.Offer() : null;

    public override LogChange Receive(in RaftMessage message)
    {
        if (message.Kind is MessageKind.Append or MessageKind.Heartbeat or MessageKind.BeginAnew)
            throw new RaftInvariantException($"{message.From} leads term {Core.CurrentTerm} too.");

        if (Find(message.From) is not { } follower)
            return LogChange.None;

        if (message.Kind == MessageKind.AppendReply)
        {
            follower.Heard(message, Core.Log.LastIndex, Core.Now);
            if (message.Rejected)
                TakeRejection(follower, message);
            else
                TakeAcknowledgement(follower, message);
        }
        else if (message.Kind == MessageKind.HeartbeatReply)
        {
            follower.Heard(message, Core.Log.LastIndex, Core.Now);
            TakeHeartbeatReply(follower, message);
        }
        else if (message.Kind == MessageKind.Wake)
        {
            follower.SleepRound = 0;
        }

        return LogChange.None;
    }

    public override void Persisted() => Commit();

    public override void AppendFailed() => StepDown();

    public override void PeerGone(BrokerId peer)
    {
        PeerSession(peer);
        if (_transfer.To == peer)
            _transfer = Transfer.None;
    }

    public override void PeerSession(BrokerId peer)
    {
        Find(peer)?.Reset();
        _mustSend = true;
    }

    public bool BeginTransfer(BrokerId to)
    {
        bool could = Core.Configuration.Voters.Contains(to);
        if (_transfer.IsUnderWay || !could || Find(to) is not { } follower)
            return false;

        _transfer = new Transfer(to, Core.Now);
        FinishTransfer(follower);
        return true;
    }

    public void ReadIndex(ulong context)
    {
        _reads.Ask(context);
        BeginReads();
    }

    public LogIndex ReplicatedTo(int replicas) => new(Core.Configuration.ReachedBy(replicas, _flushed));

    public ReplicaProgress? Progress(BrokerId peer) => Find(peer)?.Snapshot;

    /// <summary>All that came in since the last time goes out in as few messages as possible.</summary>
    public override void BeforeReady()
    {
        if (!MustSend)
            return;

        _mustSend = false;
        foreach (FollowerProgress follower in _followers.All)
            _appends.Send(follower);
    }

    public override bool TrySleep(bool mayIt) =>
        _sleep.Advance(mayIt && IsReady && !_transfer.IsUnderWay && !_reads.AreUnderWay);

    public override bool SleepsThrough(in RaftMessage message) => _sleep.IsAcceptedBy(message);

    public override void Stirred() => _sleep.Withdraw();

    /// <summary>The others wake when they hear of it.</summary>
    public override void Woken(BrokerId by)
    {
        _sleep.HaveWoken();
        SendHeartbeats();
    }

    public override void SleptThrough(Func<BrokerId, int> silence) => _sleep.HaveSleptThrough(silence);

    public override void Leave()
    {
        _reads.Fail();
        _sleep.Resign();
    }

    private FollowerProgress? Find(BrokerId peer) => _followers.Find(peer);

    private bool HasHeardQuorum() =>
        Core.Now - Core.Configuration.ReachedByMajority(_heardAt) <= Core.Options.ElectionTicks;

    private void TakeRejection(FollowerProgress follower, in RaftMessage reply)
    {
        LogIndex at = LogIndex.Min(reply.HintIndex, Core.Log.LastIndex);
        LogIndex meet = Core.Log.LastIndexAtOrBelowTerm(reply.HintTerm, at);
        if (follower.Rejected(reply.PrevIndex, meet))
            _mustSend = true;
    }

    private void TakeAcknowledgement(FollowerProgress follower, in RaftMessage reply)
    {
        CheckClaim(reply);
        follower.Acknowledged(reply, Core.Log.LastIndex, Core.Now);
        Commit();
        FinishTransfer(follower);
        if (follower.Next <= Core.Log.LastIndex)
            _mustSend = true;
    }

    private void CheckClaim(in RaftMessage reply)
    {
        if (reply.LastIndex > Core.Log.LastIndex || reply.Match > reply.LastIndex)
            throw new RaftInvariantException(
                $"{reply.From} acknowledges {reply.Match} of {reply.LastIndex}; the end is {Core.Log.LastIndex}.");
    }

    private void TakeHeartbeatReply(FollowerProgress follower, in RaftMessage reply)
    {
        CheckClaim(reply);
        follower.HeardHeartbeat(reply, Core.Log.LastIndex, Core.Now, Core.Options.ResendTicks);
        Commit();
        FinishTransfer(follower);
        if (follower.CanSend && follower.Next <= Core.Log.LastIndex)
            _mustSend = true;

        // Who may have forgotten a vote for a later leader can't say that there is none.
        if (!follower.Abstains)
            follower.ReadRound = Math.Max(follower.ReadRound, reply.ReadRound);
        follower.SleepRound = reply.Sleep ? reply.ReadRound : 0;
        ConfirmReads();
    }

    private void Commit()
    {
        var agreed = new LogIndex(Core.Configuration.ReachedByMajority(_flushed));
        if (agreed < _termStart || agreed <= Core.CommitIndex)
            return;

        bool wasReady = IsReady;
        Core.CommitTo(agreed);
        if (!wasReady)
        {
            Core.LeaderIsReady();
            BeginReads();
        }

        if (Core.ConfigurationIndex <= Core.CommitIndex)
            ConfigurationCommitted();
    }

    /// <summary>
    /// A leader that is no voter any more leads no longer (4.2.2). Nor does one that is in neither half of a joint
    /// configuration, which an earlier leader began after this one was removed: its voters are those who leave it. Who
    /// votes does so by another entry.
    /// </summary>
    private void ConfigurationCommitted()
    {
        if (!Core.Configuration.IsVoter(Core.Self))
        {
            SendHeartbeats();
            StepDown();
        }
        else if (Core.Configuration.IsJoint)
        {
            _change.Leave();
        }
    }

    /// <summary>
    /// Who holds the entry that removes it is told that it is committed, or it would ask for votes for ever; who is
    /// silent is not waited for.
    /// </summary>
    private void LetLeave()
    {
        foreach (FollowerProgress follower in _followers.Leaving)
        {
            bool holds = follower.Match >= Core.ConfigurationIndex;
            if (holds)
                SendHeartbeat(follower);
            if (holds || Core.Now - follower.HeardAt > Core.Options.ElectionTicks)
                _followers.LetGo(follower);
        }
    }

    /// <summary>Asks the follower that holds most to take over rather than wait for its timeout (3.10).</summary>
    private void StepDown()
    {
        if (_followers.BestSuccessor() is { } best)
            SendTimeoutNow(best.Peer);
        Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);
    }

    private void BeginReads()
    {
        if (!IsReady || _reads.InProgress || !_reads.HasWaiting)
            return;

        _reads.Begin();
        SendHeartbeats();
        ConfirmReads();
    }

    private void ConfirmReads()
    {
        if (!_reads.InProgress)
            return;

        if ((ulong)Core.Configuration.ReachedByMajority(_readRound) < _reads.Current)
            return;

        _reads.Confirm();
        BeginReads();
    }

    private void FinishTransfer(FollowerProgress follower)
    {
        if (follower.Peer == _transfer.To && follower.Match == Core.Log.LastIndex)
            SendTimeoutNow(follower.Peer);
    }

    private void SendHeartbeats()
    {
        _heartbeatTicks = 0;
        foreach (FollowerProgress follower in _followers.All)
        {
            SendHeartbeat(follower);
            FinishTransfer(follower);
        }
    }

    private void SendHeartbeat(FollowerProgress follower)
    {
        bool mayCount = MayCountOnceFilled(follower);
        Core.Send(new RaftMessage
        {
            Kind = MessageKind.Heartbeat,
            To = follower.Peer,
            Term = Core.CurrentTerm,
            Commit = follower.Abstains ? Core.CommitIndex : LogIndex.Min(follower.Match, Core.CommitIndex),
            Abstention = mayCount ? follower.Abstention : 0,
            LastIndex = mayCount ? follower.AbstainsBefore : LogIndex.Zero,
            ReadRound = _reads.Current,
            Sleep = _sleep.Stands,
        });
    }

    private void SendTimeoutNow(BrokerId to) =>
        Core.Send(new RaftMessage { Kind = MessageKind.TimeoutNow, To = to, Term = Core.CurrentTerm });
}
