using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// One follower, as its leader sees it. Legal transitions: probe → replicate once an append was taken; replicate →
/// probe when one was rejected, got lost or a new session began; either → stranded when its next entry is gone from
/// the log, and back to probe when that is no longer so. Match &lt; Next always, and entries up to Match equal the
/// leader's, on its disk.
/// </summary>
internal sealed class FollowerProgress
{
    /// <summary>So long ago that nothing is.</summary>
    public const long Never = long.MinValue / 2;

    private readonly InflightWindow _inflight;
    private LogIndex _endSeen;
    private long _endSeenAt;
    private LogIndex _received;
    private long _receivedMovedAt;

    public FollowerProgress(BrokerId peer, LogIndex next, long now, long caughtUpAt, RaftOptions options)
    {
        Peer = peer;
        Next = next;
        HeardAt = now;
        CaughtUpAt = caughtUpAt;
        _endSeen = next;
        _endSeenAt = now;
        _receivedMovedAt = now;
        _inflight = new InflightWindow(options.MaxInflightMessages, options.MaxInflightBytes);
    }

    public BrokerId Peer { get; }

    public ProgressState State { get; private set; }

    /// <summary>On its disk and counted.</summary>
    public LogIndex Match { get; private set; }

    /// <summary>It may have lost what it promised before, and is not counted.</summary>
    public bool Abstains { get; private set; }

    /// <summary>Which time of abstaining that is, as it named it.</summary>
    public long Abstention { get; private set; }

    /// <summary>Abstaining: it may have lost the end of its log, and would vote where all do.</summary>
    public bool LacksTailOnly { get; private set; }

    /// <summary>Abstaining: the first entry that was appended after its leader heard of it.</summary>
    public LogIndex AbstainsBefore { get; private set; }

    public LogIndex Next { get; private set; }

    public long HeardAt { get; private set; }

    public long CaughtUpAt { get; private set; }

    /// <summary>The latest round of reads in which it was heard.</summary>
    public ulong ReadRound { get; set; }

    /// <summary>The offer to sleep that it accepted last; 0 when it is awake.</summary>
    public ulong SleepRound { get; set; }

    public bool CanSend => State switch
    {
        ProgressState.Replicate => !_inflight.IsFull,
        _ => _inflight.Count == 0,
    };

    public long Room => _inflight.Room;

    public ReplicaProgress Snapshot => new(Peer, State, Match, Next, HeardAt, CaughtUpAt, Abstains);

    /// <summary>
    /// Holds, on its disk, all that the leader held so short a time ago that it would delay nobody (4.2.1).
    /// </summary>
    public bool IsCaughtUp(long now, int withinTicks) =>
        State == ProgressState.Replicate && !Abstains && now - CaughtUpAt <= withinTicks;

    /// <summary>
    /// An answer came. What a replica acknowledged before it abstained is what it may have lost: it does not count any
    /// more, and is kept for it.
    /// </summary>
    public void Heard(in RaftMessage reply, LogIndex end, long now)
    {
        HeardAt = now;
        bool anew = reply.Abstains && (!Abstains || reply.Abstention != Abstention);
        if (anew)
        {
            Match = LogIndex.Zero;
            AbstainsBefore = end + 1;
        }

        Abstains = reply.Abstains;
        Abstention = reply.Abstention;
        LacksTailOnly = reply.LacksTailOnly;
    }

    /// <summary>While everybody slept, by its broker.</summary>
    public void WasHeard(long at) => HeardAt = at;

    /// <summary>An append went out. While probing, one at a time; an empty one asks where the logs meet.</summary>
    public void Sent(LogIndex last, long bytes)
    {
        _inflight.Add(last, bytes);
        if (State == ProgressState.Replicate)
            Next = last + 1;
        else
            State = ProgressState.Probe;
    }

    /// <summary>
    /// It took an append: what it holds up to <see cref="RaftMessage.LastIndex"/> equals the leader's log. Only what
    /// it has flushed frees the window, so a slow disk holds back its own follower's entries and nothing else.
    /// </summary>
    public void Acknowledged(in RaftMessage reply, LogIndex end, long now)
    {
        if (!Abstains)
            Match = LogIndex.Max(Match, reply.Match);
        LogIndex next = LogIndex.Max(reply.LastIndex, Match) + 1;
        if (State == ProgressState.Replicate)
            Next = LogIndex.Max(Next, next);
        else
            BecomeReplicate(next);
        _inflight.FreeUpTo(reply.Match);
        NoteEnd(end, now);
    }

    /// <summary>
    /// The logs don't meet at <paramref name="rejected"/>, but may at <paramref name="hint"/>. False: an old answer.
    /// </summary>
    public bool Rejected(LogIndex rejected, LogIndex hint)
    {
        bool old = State == ProgressState.Replicate ? rejected <= Match : rejected != Next - 1;
        if (old)
            return false;

        BecomeProbe(LogIndex.Max(LogIndex.Min(rejected - 1, hint), Match) + 1);
        return true;
    }

    /// <summary>
    /// A heartbeat's answer repeats the last acknowledgement, which may have been lost. If what has arrived lies
    /// behind what was sent and has not moved for a while, that was lost (it is not merely slow to be flushed): send
    /// it again.
    /// </summary>
    public void HeardHeartbeat(in RaftMessage reply, LogIndex end, long now, int resendTicks)
    {
        if (reply.LastIndex > LogIndex.Zero)
            Acknowledged(reply, end, now);

        bool missing = State == ProgressState.Replicate && reply.LastIndex + 1 < Next;
        if (!missing || reply.LastIndex > _received)
            _receivedMovedAt = now;
        else if (now - _receivedMovedAt >= resendTicks)
            BecomeProbe(After(LogIndex.Max(reply.LastIndex, Match)));
        _received = reply.LastIndex;
    }

    /// <summary>Nothing that was sent will be answered, and it may hold less than it had said.</summary>
    public void Reset()
    {
        LogIndex next = After(Match);
        Match = LogIndex.Zero;
        _received = LogIndex.Zero;
        BecomeProbe(next);
    }

    /// <summary>A probe that nobody answered may be sent again.</summary>
    public void ProbeAgain()
    {
        if (State != ProgressState.Replicate)
            _inflight.Clear();
    }

    /// <summary>It was told to begin anew behind an entry: there the next probe asks, some time later.</summary>
    public void Strand(LogIndex behind)
    {
        State = ProgressState.Stranded;
        Next = behind + 1;
        _inflight.Clear();
        _inflight.Add(behind, 0);
    }

    /// <summary>
    /// Under load a follower is never level with the end as it is now; what counts is when it reached the end as it
    /// was at some earlier look (Kafka's rule for its in-sync replicas).
    /// </summary>
    private void NoteEnd(LogIndex end, long now)
    {
        if (Match >= end)
            CaughtUpAt = now;
        else if (Match >= _endSeen)
            CaughtUpAt = Math.Max(CaughtUpAt, _endSeenAt);
        else
            return;

        _endSeen = end;
        _endSeenAt = now;
    }

    /// <summary>
    /// Where to probe. Nothing known is no reason to begin at the start of the log: the old guess is better, and if
    /// it is wrong, one rejection tells.
    /// </summary>
    private LogIndex After(LogIndex known) => known > LogIndex.Zero ? known + 1 : Next;

    private void BecomeReplicate(LogIndex next)
    {
        State = ProgressState.Replicate;
        Next = next;
        _inflight.Clear();
    }

    private void BecomeProbe(LogIndex next)
    {
        State = ProgressState.Probe;
        Next = next;
        _inflight.Clear();
    }
}
