using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// One replica of one group, as a function: a tick, a message or a completion goes in, a <see cref="Ready"/> comes
/// out. It knows no clock, thread, file, socket or random source of its own, and holds no entry; one owner at a time
/// calls it. Section numbers are those of Ongaro's thesis. What depends on the role is in the role's class.
/// </summary>
public sealed partial class RaftCore
{
    private readonly Random _random;
    private readonly Outbox _outbox;
    private readonly Elector _elector;
    private readonly List<ReadState> _reads = [];
    private RoleState _role;
    private LogIndex _commitTold;
    private LogIndex? _noOp;
    private LogIndex? _beginAnew;
    private bool _leaderReady;
    private bool _roleChanged = true;

    /// <param name="voters">Who votes until an entry of the log says otherwise.</param>
    public RaftCore(BrokerId self, VoterSet voters, RaftStart start, ILogView log, RaftOptions options, Random random)
    {
        if (options.Validate() is { } wrong)
            throw new ArgumentException(wrong, nameof(options));

        Self = self;
        Configurations = new ConfigurationHistory(voters, start);
        Log = log;
        Options = options;
        _random = random;
        _outbox = new Outbox(start.Hard);
        _elector = new Elector(this, _outbox);
        IsRelaxed = start.IsRelaxed;
        BeginAbstaining(start);
        CommitTo(start.Commit);
        _commitTold = start.Commit;

        // Recovery flushes what it keeps before anybody may count on it, so all that the log shows now is on disk.
        PersistedIndex = log.LastIndex;
        _role = new Follower(this, BrokerId.None);
    }

    public BrokerId Self { get; }

    /// <summary>In force: the last one in the log, committed or not (4.1).</summary>
    public Configuration Configuration => Configurations.Current;

    /// <summary>The entry that holds <see cref="Configuration"/>; 0 while the log has none.</summary>
    public LogIndex ConfigurationIndex => Configurations.Index;

    /// <summary>The latest that is known to be committed: what a checkpoint has to keep.</summary>
    public ConfigurationEntry CommittedConfiguration => Configurations.Committed;

    public RaftRole Role => _role.Role;

    public Term CurrentTerm => _outbox.Hard.Term;

    /// <summary>The leader of the current term, <see cref="BrokerId.None"/> while it is not known.</summary>
    public BrokerId Leader => _role.KnownLeader;

    /// <summary>Never goes back. On a follower never past what it has verified against its leader's log.</summary>
    public LogIndex CommitIndex { get; private set; }

    /// <summary>Up to here the own log is flushed.</summary>
    public LogIndex PersistedIndex { get; private set; }

    /// <summary>
    /// Leads, and an entry of its own term is committed: it knows all that is committed (5.4.2, 6.4).
    /// </summary>
    public bool IsLeaderReady => _role is Leader { IsReady: true };

    /// <summary>While a leadership is being handed over: to whom. Proposals have to wait.</summary>
    public BrokerId TransferTarget => _role is Leader leader ? leader.TransferTarget : BrokerId.None;

    /// <summary>Ticks since the start.</summary>
    public long Now { get; private set; }

    public bool HasReady => _outbox.HasOutput || _reads.Count > 0 || _roleChanged || _readmitted || _leaderReady
        || _noOp is not null || _beginAnew is not null || CommitIndex != _commitTold || _role.HasOutput;

    internal ILogView Log { get; }

    internal RaftOptions Options { get; }

    internal ConfigurationHistory Configurations { get; }

    internal bool HearsLeader => _role.HearsLeader;

    internal bool HardStateIsDurable => _outbox.IsDurable;

    /// <summary>The own disk refuses appends: this replica must not lead.</summary>
    internal bool AppendsRefused { get; private set; }

    /// <summary>It could lead, and votes and counts, but others should: it does not stand for election.</summary>
    public bool StaysBack { get; set; }

    /// <summary>A removed node or a learner never campaigns; nor does one that must not or could not lead.</summary>
    internal bool MayCampaign => Configurations.MayLead(Self) && (!Abstains || IsLastResort)
        && !AppendsRefused && !StaysBack;

    public void Tick()
    {
        if (IsAsleep)
            return;

        Now++;
        _role.Tick();
    }

    /// <summary>
    /// Takes a message of a peer. The answer says what the received append does to the log; the owner must have done
    /// it before it gives the next input.
    /// </summary>
    public LogChange Receive(in RaftMessage message)
    {
        if (IsAsleep && !_role.SleepsThrough(message))
            Wake(message.From);

        // A pre-vote speaks of a term that nobody has entered, so it is outside the comparison of terms (9.6).
        if (message.Kind == MessageKind.PreVote)
        {
            if (_elector.AnswerPreVote(message))
                _role.PreVoteGranted(message);
            return LogChange.None;
        }

        bool speaksOfTermAsked = message.Kind == MessageKind.PreVoteReply
            && (!message.Rejected || (message.Abstains && message.Term == CurrentTerm.Next()));
        if (message.Term < CurrentTerm)
        {
            if (StaleAnswer.To(message, CurrentTerm) is { } answer)
                Send(answer);
            return LogChange.None;
        }

        if (message.Term > CurrentTerm && !speaksOfTermAsked)
        {
            if (message.Kind == MessageKind.Vote && _elector.IsLoyalAgainst(message))
                return LogChange.None;

            BecomeFollower(message.Term, message.IsFromLeader ? message.From : BrokerId.None);
        }

        if (message.Kind == MessageKind.Vote)
        {
            if (_elector.AnswerVote(message))
                _role.VoteGranted();
            return LogChange.None;
        }

        return _role.Receive(message);
    }

    /// <summary>
    /// The index that the next entry must take; null when this replica does not lead, has yet to append its term's
    /// first entry, or is handing over (<see cref="TransferTarget"/>). After appending, call <see cref="Appended"/>.
    /// </summary>
    public LogIndex? BeginProposal() => _role is Leader { AcceptsProposals: true } ? Log.LastIndex + 1 : null;

    /// <summary>The leader's log now ends at <paramref name="last"/>, with entries of the current term.</summary>
    public void Appended(LogIndex last)
    {
        if (_role is not Leader leader || last != Log.LastIndex || Log.LastTerm != CurrentTerm)
            throw new RaftInvariantException(
                $"Appended up to {last} as {Role} of term {CurrentTerm}; the log ends at {Log.LastIndex}.");

        Wake(BrokerId.None);
        leader.Appended();
    }

    /// <summary>
    /// Begins to change who votes and who learns (4.3): by one entry while the voters stay, else by a joint
    /// configuration and, once that is committed, a second entry that leaves it. A voter must have learned before. A
    /// change in flight is taken back, by the leader that began it, when the voters that were before it are asked for.
    /// </summary>
    public ChangeAnswer ChangeConfiguration(Configuration target)
    {
        if (target.IsJoint)
            throw new ArgumentException("A change ends in a configuration that is not joint.", nameof(target));

        if (_role is not Leader leader)
            return ChangeAnswer.NotLeader;

        Wake(BrokerId.None);
        return leader.ChangeConfiguration(target);
    }

    /// <summary>
    /// An entry that was just appended out of a received message holds a configuration. To be told before the next
    /// input: it is in force from now on.
    /// </summary>
    public void ConfigurationAppended(in ConfigurationEntry entry)
    {
        if (_role is Leader || entry.Index > Log.LastIndex)
            throw new RaftInvariantException($"Configuration {entry} as {Role}; the log ends at {Log.LastIndex}.");

        // A checkpoint may have told of a later one that is committed, before the entries up to it came.
        if (entry.Index <= Configurations.Committed.Index)
            return;

        // The message may have told, too, that it is committed.
        Configurations.Append(entry);
        Configurations.CommittedUpTo(CommitIndex);
    }

    /// <summary>
    /// The own log is flushed up to an entry, told by index and term so that an answer about what was truncated
    /// meanwhile is recognised. A round of writes that began before the last truncation must not be reported at all:
    /// the same entry may have come back since, in memory only.
    /// </summary>
    public void Persisted(LogIndex index, Term term)
    {
        if (index <= PersistedIndex || index > Log.LastIndex || Log.TermOf(index) != term)
            return;

        PersistedIndex = index;
        _role.Persisted();
    }

    /// <summary>Term and vote are durable.</summary>
    public void HardStatePersisted(HardState hard)
    {
        if (_outbox.Persisted(hard))
            _role.HardStatePersisted();
    }

    /// <summary>
    /// The own disk refuses appends (full): a leader steps down even if its followers stored what it could not.
    /// </summary>
    public void AppendFailed()
    {
        AppendsRefused = true;
        Wake(BrokerId.None);
        _role.AppendFailed();
    }

    /// <summary>The own disk takes appends again.</summary>
    public void AppendRecovered() => AppendsRefused = false;

    /// <summary>
    /// Starts handing leadership over (3.10); false when this replica can't. It gives up after an election timeout.
    /// </summary>
    public bool TransferLeadership(BrokerId to)
    {
        Wake(BrokerId.None);
        return _role is Leader leader && leader.BeginTransfer(to);
    }

    /// <summary>
    /// Asks for a linearizable read (6.4). The answer comes in <see cref="Ready.Reads"/>, under the same context.
    /// </summary>
    public void ReadIndex(ulong context)
    {
        if (_role is not Leader leader)
        {
            Answer(new ReadState(context, null));
            return;
        }

        Wake(BrokerId.None);
        leader.ReadIndex(context);
    }

    /// <summary>
    /// Asks for votes without waiting for a timeout, if this replica may: a new group's first leader.
    /// </summary>
    public void Campaign()
    {
        Wake(BrokerId.None);
        if (_role is Follower)
            BecomePreCandidate(CampaignReason.Asked);
    }

    /// <summary>
    /// The highest index that at least so many voters have flushed, this leader's disk included, and while the
    /// configuration is joint so many of either half; 0 elsewhere.
    /// </summary>
    public LogIndex ReplicatedTo(int replicas) => (_role as Leader)?.ReplicatedTo(replicas) ?? LogIndex.Zero;

    /// <summary>How far a follower is; null when this replica does not lead or the peer is not its follower.</summary>
    public ReplicaProgress? Progress(BrokerId peer) => (_role as Leader)?.Progress(peer);

    public void TakeReady(Ready into)
    {
        into.Clear();
        _role.BeforeReady();
        _outbox.MoveTo(into);
        into.Configuration = (_role as Leader)?.OfferConfiguration();
        into.NoOp = _noOp ?? (into.Configuration is null ? (_role as Leader)?.OfferFreshEntry() : null);
        into.Commit = CommitIndex != _commitTold ? CommitIndex : null;
        into.LeaderReady = _leaderReady;
        into.RoleChanged = _roleChanged;
        into.Readmitted = _readmitted;
        into.BeginAnew = _beginAnew;
        into.Reads.AddRange(_reads);
        _reads.Clear();
        _commitTold = CommitIndex;
        _noOp = null;
        _beginAnew = null;
        _leaderReady = _roleChanged = _readmitted = false;
    }

    // What follows is for the roles.

    internal void Send(in RaftMessage message) => _outbox.Send(message with { From = Self });

    internal void Answer(ReadState state) => _reads.Add(state);

    internal void LeaderIsReady() => _leaderReady = true;

    internal int DrawElectionTimeout() => Options.ElectionTicks + _random.Next(Options.ElectionTicks);

    internal int DrawPeerGoneDelay() => _random.Next(Options.PeerGoneTicks + 1);

    internal void LeaderFound() => _roleChanged = true;

    internal void CommitTo(LogIndex index)
    {
        CommitIndex = LogIndex.Max(CommitIndex, index);
        Configurations.CommittedUpTo(CommitIndex);
    }

    /// <summary>The log is about to lose its entries from an index on.</summary>
    internal void Truncating(LogIndex from)
    {
        if (from <= CommitIndex)
            throw new RaftInvariantException($"Truncation from {from}; committed is up to {CommitIndex}.");

        PersistedIndex = LogIndex.Min(PersistedIndex, from - 1);
        Configurations.TruncateFrom(from);
    }

    internal void NeedsToBeginAnew(LogIndex behind) => _beginAnew = behind;

    internal void BecomeFollower(Term term, BrokerId leader)
    {
        if (term > CurrentTerm)
            _outbox.Change(new HardState(term, BrokerId.None));
        Enter(new Follower(this, leader));
    }

    /// <param name="byAll">By all voters, of whom some abstain: not by a majority of those who don't.</param>
    internal void BecomeLeader(bool byAll)
    {
        // Its log holds all that is left of what was ever committed, or it would not have been elected.
        if (Abstains)
            Readmit();
        Enter(new Leader(this, byAll));
        _noOp = Log.LastIndex + 1;
    }

    private void Enter(RoleState role)
    {
        _role.Leave();
        _role = role;
        _noOp = null;
        _leaderReady = false;
        _roleChanged = true;
    }
}
