using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Legal transitions: to follower of the same term when no quorum was heard for an election timeout (check-quorum) or
/// the own disk refuses appends; to follower of a higher term on any message of one. A leader never removes or
/// changes an entry of its log, and counts itself, like everybody, only for what is flushed.
/// </summary>
internal sealed class Leader : RoleState
{
    private readonly FollowerProgress[] _followers;
    private readonly Quorum _quorum;
    private readonly ReadRounds _reads;

    /// <summary>The first entry of the own term. Nothing is committed by counting before it is (5.4.2).</summary>
    private readonly LogIndex _termStart;

    private Transfer _transfer = Transfer.None;
    private int _heartbeatTicks;
    private bool _mustSend;

    public Leader(RaftCore core)
        : base(core)
    {
        _termStart = core.Log.LastIndex + 1;
        _reads = new ReadRounds(core);
        _quorum = new Quorum(core.Voters.Voters.Length);
        _followers = [.. core.Voters.Voters.Where(voter => voter != core.Self)
            .Select(voter => new FollowerProgress(voter, _termStart, core.Now, core.Options))];
    }

    public override RaftRole Role => RaftRole.Leader;

    public override BrokerId KnownLeader => Core.Self;

    /// <summary>Check-quorum ends this within an election timeout when it is not true.</summary>
    public override bool HearsLeader => true;

    public override bool HasOutput => _mustSend && HoldsTermStart;

    public bool IsReady => Core.CommitIndex >= _termStart;

    public bool AcceptsProposals => HoldsTermStart && !_transfer.IsUnderWay;

    private bool HoldsTermStart => Core.Log.LastIndex >= _termStart;

    public BrokerId TransferTarget => _transfer.To;

    public override void Tick()
    {
        if (!HasHeardQuorum())
        {
            Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);
            return;
        }

        if (_transfer.IsUnderWay && Core.Now - _transfer.Since >= Core.Options.ElectionTicks)
            _transfer = Transfer.None;

        if (++_heartbeatTicks >= Core.Options.HeartbeatTicks)
        {
            SendHeartbeats();
            foreach (FollowerProgress follower in _followers)
                follower.ProbeAgain();

            _mustSend = true;
        }
    }

    public void Appended() => _mustSend = true;

    public override LogChange Receive(in RaftMessage message)
    {
        if (message.Kind is MessageKind.Append or MessageKind.Heartbeat)
            throw new RaftInvariantException($"{message.From} leads term {Core.CurrentTerm} too.");

        if (Find(message.From) is not { } follower)
            return LogChange.None;

        if (message.Kind == MessageKind.AppendReply)
        {
            follower.Heard(message.Abstains, Core.Now);
            if (message.Rejected)
                TakeRejection(follower, message);
            else
                TakeAcknowledgement(follower, message);
        }
        else if (message.Kind == MessageKind.HeartbeatReply)
        {
            follower.Heard(message.Abstains, Core.Now);
            TakeHeartbeatReply(follower, message);
        }

        return LogChange.None;
    }

    public override void Persisted() => Commit();

    /// <summary>
    /// Steps down, and asks the follower that holds most to take over rather than wait for its timeout.
    /// </summary>
    public override void AppendFailed()
    {
        FollowerProgress? best = null;
        foreach (FollowerProgress follower in _followers)
        {
            if (follower.State == ProgressState.Replicate && (best is null || follower.Match > best.Match))
                best = follower;
        }

        if (best is not null)
            SendTimeoutNow(best.Peer);
        Core.BecomeFollower(Core.CurrentTerm, BrokerId.None);
    }

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
        if (_transfer.IsUnderWay || Find(to) is not { } follower)
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

    public LogIndex ReplicatedTo(int replicas)
    {
        Quorum disks = _quorum.Start();
        disks.Add(Core.PersistedIndex.Value);
        foreach (FollowerProgress follower in _followers)
            disks.Add(follower.Match.Value);

        return new LogIndex(disks.ReachedBy(replicas));
    }

    public ReplicaProgress? Progress(BrokerId peer) => Find(peer)?.Snapshot;

    /// <summary>All that came in since the last time goes out in as few messages as possible.</summary>
    public override void BeforeReady()
    {
        if (!HasOutput)
            return;

        _mustSend = false;
        foreach (FollowerProgress follower in _followers)
            SendAppends(follower);
    }

    public override void Leave() => _reads.Fail();

    private FollowerProgress? Find(BrokerId peer)
    {
        foreach (FollowerProgress follower in _followers)
        {
            if (follower.Peer == peer)
                return follower;
        }

        return null;
    }

    private bool HasHeardQuorum()
    {
        Quorum heard = _quorum.Start();
        heard.Add(Core.Now);
        foreach (FollowerProgress follower in _followers)
            heard.Add(follower.HeardAt);

        return Core.Now - heard.ReachedBy(Core.Voters.Majority) <= Core.Options.ElectionTicks;
    }

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

        follower.ReadRound = Math.Max(follower.ReadRound, reply.ReadRound);
        ConfirmReads();
    }

    private void Commit()
    {
        LogIndex agreed = ReplicatedTo(Core.Voters.Majority);
        if (agreed < _termStart || agreed <= Core.CommitIndex)
            return;

        bool wasReady = IsReady;
        Core.CommitTo(agreed);
        if (wasReady)
            return;

        Core.LeaderIsReady();
        BeginReads();
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

        Quorum heard = _quorum.Start();
        heard.Add((long)_reads.Current);
        foreach (FollowerProgress follower in _followers)
            heard.Add((long)follower.ReadRound);

        if ((ulong)heard.ReachedBy(Core.Voters.Majority) < _reads.Current)
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
        foreach (FollowerProgress follower in _followers)
        {
            Core.Send(new RaftMessage
            {
                Kind = MessageKind.Heartbeat,
                To = follower.Peer,
                Term = Core.CurrentTerm,
                Commit = follower.Abstains ? Core.CommitIndex : LogIndex.Min(follower.Match, Core.CommitIndex),
                ReadRound = _reads.Current,
            });
            FinishTransfer(follower);
        }
    }

    private void SendTimeoutNow(BrokerId to) =>
        Core.Send(new RaftMessage { Kind = MessageKind.TimeoutNow, To = to, Term = Core.CurrentTerm });

    private void SendAppends(FollowerProgress follower)
    {
        while (follower.CanSend && (follower.Next <= Core.Log.LastIndex || follower.State != ProgressState.Replicate))
        {
            if (follower.Next < Core.Log.FirstIndex || Core.Log.TermOf(follower.Next - 1) is not { } prevTerm)
            {
                follower.Strand();
                return;
            }

            SendAppend(follower, prevTerm);
        }
    }

    /// <summary>
    /// An append's entries are of one term, so that it names them completely and nobody can add others to it.
    /// </summary>
    private void SendAppend(FollowerProgress follower, Term prevTerm)
    {
        LogIndex from = follower.Next;
        LogIndex last = from - 1;
        long bytes = 0;
        Term term = Term.Zero;
        if (from <= Core.Log.LastIndex)
        {
            term = Core.Log.TermOf(from)!.Value;
            LogIndex sameTerm = Core.Log.LastIndexAtOrBelowTerm(term, Core.Log.LastIndex);
            long room = Math.Min(Core.Options.MaxMessageBytes, follower.Room);
            last = Core.Log.LastIndexWithin(from, sameTerm, room, out bytes);
        }

        Core.Send(new RaftMessage
        {
            Kind = MessageKind.Append,
            To = follower.Peer,
            Term = Core.CurrentTerm,
            PrevIndex = from - 1,
            PrevTerm = prevTerm,
            LastIndex = last,
            EntriesTerm = term,
            Commit = Core.CommitIndex,
        });
        follower.Sent(last, bytes);
    }
}
