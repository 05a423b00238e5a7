using Broker.Protocol;
using Broker.Server.Configuration;

namespace Broker.Server.Groups.Classic;

//                 first join                  all joined, or time is up
//     Empty ------------------> Preparing -----------------------------> Completing
//       ^                       Rebalance <----------------------------- Rebalance
//       |                        |     ^    join, leave, session or sync   |
//       +------------------------+     |    time ends; write fails         | the leader's assignment
//          nobody is left              |                                   | is durable
//                                      +------------- Stable <-------------+
//                                  join, leave, session or sync time ends
//
//     any --> Dead: deleted while Empty, or led by another broker now

/// <summary>
/// One consumer group of the classic protocol: a function of what it is asked and when. No task, no clock, no chance:
/// time comes with each call, counted from any beginning and never going back; ids come from a function. Called by one
/// at a time. An answer that has to wait is a delegate, called exactly once whatever happens, from within some later
/// call: it must not call back.
/// What is to be durable is taken after each call (<see cref="TryTakeWrite"/>), written in that order, and its outcome
/// told by <see cref="Persisted"/>. <see cref="Expire"/> is due at <see cref="NextDeadline"/>.
/// Ids that are not allowed, and groups that do not exist, are the caller's business; an empty group answers as Kafka
/// does for one that does not exist, but for a commit with a generation.
/// </summary>
public sealed class ClassicGroup
{
    private readonly MemberTable _members = new();
    private readonly PromisedIds _promised = new();
    private readonly GroupDeadlines _deadlines = new();
    private readonly GroupWrites _writes = new();
    private readonly Rebalance _rebalance;
    private readonly Admission _admission;

    /// <param name="groupId">Its name.</param>
    /// <param name="options">What members may ask for.</param>
    /// <param name="newId">Makes an id that was never made before.</param>
    public ClassicGroup(string groupId, GroupOptions options, Func<Guid> newId)
    {
        GroupId = groupId;
        _rebalance = new Rebalance(
            groupId, options.InitialRebalanceDelay, _members, _promised, _deadlines, _writes);
        _admission = new Admission(options, _members, _promised, _rebalance, _deadlines, _writes, newId);
    }

    public string GroupId { get; }

    public GroupState State => _rebalance.State;

    public int Generation => _rebalance.Generation;

    /// <summary>Null: it never had members.</summary>
    public string? ProtocolType => _rebalance.ProtocolType;

    public int MemberCount => _members.Count;

    /// <summary>Has no members and expects none: it may be forgotten, if it has no offsets.</summary>
    public bool IsIdle => State is GroupState.Empty or GroupState.Dead && _promised.Count == 0;

    /// <summary>Nothing is due before; null: nothing at all.</summary>
    public TimeSpan? NextDeadline => _deadlines.Next == GroupDeadlines.Never ? null : _deadlines.Next;

    /// <summary>The group as another coordinator left it: all sessions begin anew.</summary>
    public static ClassicGroup FromMetadata(
        GroupMetadata metadata, GroupOptions options, Func<Guid> newId, TimeSpan now)
    {
        var group = new ClassicGroup(metadata.GroupId, options, newId);
        group._rebalance.Restore(metadata);
        foreach (MemberMetadata member in metadata.Members)
        {
            GroupMember restored = GroupMember.From(member, metadata.ProtocolName ?? "");
            group._members.Add(restored);
            group._deadlines.RestartSession(restored, now);
        }

        if (metadata.LeaderId is { } leader)
            group._members.Lead(leader);

        // The limit was lowered meanwhile: those that join first stay.
        if (group.MemberCount > options.MaxSize)
            group._rebalance.Prepare(now);

        return group;
    }

    /// <summary>Answered at once, or when the next generation begins.</summary>
    public void Join(JoinAsk ask, Action<JoinAnswer> answer, TimeSpan now) => _admission.Join(ask, answer, now);

    /// <summary>Answered when the assignment is durable.</summary>
    public void Sync(SyncAsk ask, Action<SyncAnswer> answer, TimeSpan now)
    {
        ErrorCode error = Check(ask.Claim, out GroupMember member);
        if (error == ErrorCode.None && !IsSame(ask.ProtocolType, _rebalance.ProtocolType))
            error = ErrorCode.InconsistentGroupProtocol;
        if (error == ErrorCode.None && !IsSame(ask.ProtocolName, _rebalance.ProtocolName))
            error = ErrorCode.InconsistentGroupProtocol;
        if (error == ErrorCode.None && State == GroupState.PreparingRebalance)
            error = ErrorCode.RebalanceInProgress;
        if (error != ErrorCode.None)
        {
            answer(SyncAnswer.Refuse(error));
            return;
        }

        member.OwesSync = false;
        if (State == GroupState.Stable)
        {
            _deadlines.RestartSession(member, now);
            answer(_rebalance.AssignmentOf(member));
            return;
        }

        member.AwaitSync(answer);
        if (_members.IsLeader(member))
            _rebalance.Assign(ask.Assignments);
    }

    public ErrorCode Heartbeat(MemberClaim claim, TimeSpan now)
    {
        ErrorCode error = Check(claim, out GroupMember member);
        if (error != ErrorCode.None)
            return error;

        _deadlines.RestartSession(member, now);
        return State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>One outcome for each, in their order.</summary>
    public IReadOnlyList<ErrorCode> Leave(IReadOnlyList<LeavingMember> leaving, TimeSpan now)
    {
        var outcomes = new ErrorCode[leaving.Count];
        for (int i = 0; i < outcomes.Length; i++)
            outcomes[i] = Leave(leaving[i], now);
        return outcomes;
    }

    /// <summary>Whether offsets may be committed; a sign of life, where a member commits.</summary>
    /// <param name="claim">Who commits.</param>
    /// <param name="isTransactional">Older producers commit for a group without being members (KIP-447).</param>
    /// <param name="now">The time.</param>
    public ErrorCode CheckCommit(MemberClaim claim, bool isTransactional, TimeSpan now)
    {
        if (State == GroupState.Dead)
            return _rebalance.CauseOfDeath;

        // An administrator, or a consumer that uses the group for its offsets only.
        if (claim.Generation < 0 && State == GroupState.Empty)
            return ErrorCode.None;

        if (claim is { Generation: < 0, MemberId.Length: 0, InstanceId: null })
            return isTransactional ? ErrorCode.None : ErrorCode.UnknownMemberId;

        ErrorCode error = Check(claim, out GroupMember member);
        if (error != ErrorCode.None || isTransactional)
            return error;

        // It knows of this generation, and yet not what is its own in it.
        if (State == GroupState.CompletingRebalance)
            return ErrorCode.RebalanceInProgress;

        _deadlines.RestartSession(member, now);
        return ErrorCode.None;
    }

    public bool TryTakeWrite(out GroupWrite write) => _writes.TryTake(out write);

    /// <summary>What a client is told where it failed is <paramref name="error"/>.</summary>
    public void Persisted(long ticket, ErrorCode error, TimeSpan now) => _writes.Done(ticket, error, now);

    /// <summary>Whatever time has brought about.</summary>
    public void Expire(TimeSpan now)
    {
        if (State == GroupState.Dead)
            return;

        _promised.Expire(now);
        foreach (GroupMember member in _members.All.Where(member => member.SessionEnd <= now).ToList())
            EndSession(member, now);

        _rebalance.CompleteJoinIfAllJoined(now);
        if (_deadlines.Join <= now)
            _rebalance.JoinTimeIsUp(now);
        if (_deadlines.Sync <= now)
            _rebalance.SyncTimeIsUp(now);
        _deadlines.Recount(_members, _promised);
    }

    /// <summary>Another broker leads the group: all that wait are told so, as is whoever asks from now on.</summary>
    public void Resign(ErrorCode error)
    {
        foreach (GroupMember member in _members.All)
            _members.AnswerAll(member, error, member.Id);

        _promised.Clear();
        _rebalance.Die(error);
    }

    /// <summary>Ends a group that has no members.</summary>
    public ErrorCode Delete()
    {
        if (State == GroupState.Dead)
            return ErrorCode.GroupIdNotFound;
        if (State != GroupState.Empty)
            return ErrorCode.NonEmptyGroup;

        _promised.Clear();
        _rebalance.Die(ErrorCode.CoordinatorNotAvailable);
        return ErrorCode.None;
    }

    /// <summary>As an operator is told. Subscriptions and assignments are those of a stable group only.</summary>
    public GroupMetadata Describe()
    {
        GroupMetadata all = _rebalance.Metadata(member => member.Assignment);
        return State == GroupState.Stable ? all : all with
        {
            ProtocolName = null,
            Members = [.. all.Members.Select(member => member with { Subscription = default, Assignment = default })],
        };
    }

    private static bool IsSame(string? said, string? known) => said is null || said == known;

    private ErrorCode Check(in MemberClaim claim, out GroupMember member)
    {
        ErrorCode error = _members.Check(claim.MemberId, claim.InstanceId, out member);
        if (State == GroupState.Dead)
            return _rebalance.CauseOfDeath;
        if (error != ErrorCode.None)
            return error;

        return claim.Generation == Generation ? ErrorCode.None : ErrorCode.IllegalGeneration;
    }

    private ErrorCode Leave(in LeavingMember leaving, TimeSpan now)
    {
        if (State == GroupState.Dead)
            return _rebalance.CauseOfDeath;

        if (leaving.InstanceId is null && _promised.Remove(leaving.MemberId))
        {
            _rebalance.CompleteJoinIfAllJoined(now);
            return ErrorCode.None;
        }

        // Operators name static members by their instances alone.
        GroupMember? named = leaving.MemberId.Length == 0 && leaving.InstanceId is { } instance
            ? _members.FindInstance(instance)
            : null;
        ErrorCode error = _members.Check(named?.Id ?? leaving.MemberId, leaving.InstanceId, out GroupMember member);
        if (error != ErrorCode.None)
            return error;

        _members.Remove(member);
        _rebalance.MemberRemoved(now);
        return ErrorCode.None;
    }

    private void EndSession(GroupMember member, TimeSpan now)
    {
        // The end of another one may have brought the answer that it waited for, and with it a new session.
        if (member.SessionEnd > now)
            return;

        // It gets one with the answer that it waits for.
        if (member.IsExcused)
        {
            member.SessionEnd = GroupDeadlines.Never;
            return;
        }

        _members.Remove(member);
        _rebalance.MemberRemoved(now);
    }
}
