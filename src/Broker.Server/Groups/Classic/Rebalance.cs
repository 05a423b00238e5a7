using System.Diagnostics;
using Broker.Protocol;

namespace Broker.Server.Groups.Classic;

/// <summary>
/// Leads a group from one generation to the next: waits for the members to join, tells them the generation, waits for
/// the leader's assignment to be durable, and lets everybody have it.
/// </summary>
internal sealed class Rebalance(
    string groupId,
    TimeSpan initialDelay,
    MemberTable members,
    PromisedIds promised,
    GroupDeadlines deadlines,
    GroupWrites writes)
{
    /// <summary>Members that have all not come back are asked after at least so much later.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How much longer an empty group may wait for newcomers; null: it does not wait for them.</summary>
    private TimeSpan? _forNewcomers;

    private bool _newcomerSeen;
    private bool _assignmentIsWritten;

    public GroupState State { get; private set; } = GroupState.Empty;

    /// <summary>Rises with every rebalance that all who are left have joined.</summary>
    public int Generation { get; private set; }

    public string? ProtocolType { get; private set; }

    /// <summary>Null: no generation with members yet.</summary>
    public string? ProtocolName { get; private set; }

    /// <summary>Why the group is dead.</summary>
    public ErrorCode CauseOfDeath { get; private set; }

    public void Restore(GroupMetadata metadata)
    {
        Generation = metadata.Generation;
        ProtocolType = metadata.ProtocolType;
        ProtocolName = metadata.ProtocolName;
        State = metadata.Members.Count == 0 ? GroupState.Empty : GroupState.Stable;
    }

    /// <summary>A member came; the first of all says what kind of group this is.</summary>
    public void MemberAdded(string protocolType)
    {
        if (members.Count == 1)
            ProtocolType = protocolType;

        // Members of a group that is just being set up come one after another: wait for a few more.
        _newcomerSeen |= Generation == 0;
    }

    public void MemberRemoved(TimeSpan now)
    {
        if (State is GroupState.Stable or GroupState.CompletingRebalance)
            Prepare(now);
        else
            CompleteJoinIfAllJoined(now);
    }

    /// <summary>Begins a rebalance where none is under way.</summary>
    public void Prepare(TimeSpan now)
    {
        if (State is GroupState.PreparingRebalance or GroupState.Dead)
            return;

        if (State == GroupState.CompletingRebalance)
            DropAssignment(ErrorCode.RebalanceInProgress, now);

        foreach (GroupMember member in members.All)
            member.OwesSync = false;

        deadlines.Sync = GroupDeadlines.Never;
        TimeSpan longest = members.LongestRebalanceTimeout;
        if (State == GroupState.Empty)
        {
            _newcomerSeen = false;
            _forNewcomers = longest > initialDelay ? longest - initialDelay : TimeSpan.Zero;
            deadlines.Join = now + initialDelay;
        }
        else
        {
            _forNewcomers = null;
            deadlines.Join = now + longest;
        }

        State = GroupState.PreparingRebalance;
        CompleteJoinIfAllJoined(now);
    }

    public void CompleteJoinIfAllJoined(TimeSpan now)
    {
        bool allJoined = members.Joined == members.Count && promised.Count == 0;
        if (State == GroupState.PreparingRebalance && _forNewcomers is null && allJoined)
            CompleteJoin(now);
    }

    /// <summary>Who has not joined by now is not waited for, unless newcomers make it worth while.</summary>
    public void JoinTimeIsUp(TimeSpan now)
    {
        if (_newcomerSeen && _forNewcomers is { } left && left > TimeSpan.Zero)
        {
            TimeSpan more = left < initialDelay ? left : initialDelay;
            _newcomerSeen = false;
            _forNewcomers = left - more;
            deadlines.Join = now + more;
            return;
        }

        CompleteJoin(now);
    }

    /// <summary>Members that joined and never asked for their assignment are gone.</summary>
    public void SyncTimeIsUp(TimeSpan now)
    {
        deadlines.Sync = GroupDeadlines.Never;
        List<GroupMember> owing = [.. members.All.Where(member => member.OwesSync)];
        foreach (GroupMember member in owing)
            members.Remove(member);

        if (owing.Count > 0)
            Prepare(now);
    }

    /// <summary>The leader has shared out the work: durable first, then told.</summary>
    public void Assign(IReadOnlyList<MemberAssignment> assignments)
    {
        // A leader that asks twice must not bring a second version of the same generation into the log.
        if (_assignmentIsWritten)
            return;

        _assignmentIsWritten = true;
        var parts = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (MemberAssignment assignment in assignments)
            parts[assignment.MemberId] = assignment.Assignment;

        int generation = Generation;
        writes.Want(
            Metadata(member => parts.GetValueOrDefault(member.Id)),
            (error, at) => AssignmentIsWritten(generation, parts, error, at));
    }

    /// <param name="assignment">Which assignment of each member is meant.</param>
    public GroupMetadata Metadata(Func<GroupMember, ReadOnlyMemory<byte>> assignment) => new(
        groupId,
        Generation,
        ProtocolType,
        ProtocolName,
        members.LeaderId,
        [.. members.All.Select(member => member.ToMetadata(member.MetadataFor(ProtocolName), assignment(member)))]);

    /// <summary>The generation as it is, told to one of its members.</summary>
    public JoinAnswer Welcome(GroupMember member) => new()
    {
        Error = ErrorCode.None,
        MemberId = member.Id,
        Generation = Generation,
        ProtocolType = ProtocolType,
        ProtocolName = ProtocolName,
        LeaderId = members.LeaderId ?? "",
    };

    /// <summary>The same, with what a leader needs to share out the work.</summary>
    public JoinAnswer WelcomeToLead(GroupMember leader) => Welcome(leader) with
    {
        Members =
        [
            .. members.All.Select(
                member => new JoinedMember(member.Id, member.InstanceId, member.MetadataFor(ProtocolName))),
        ],
    };

    public JoinAnswer WelcomeAs(GroupMember member) =>
        members.IsLeader(member) ? WelcomeToLead(member) : Welcome(member);

    public SyncAnswer AssignmentOf(GroupMember member) => new()
    {
        Error = ErrorCode.None,
        ProtocolType = ProtocolType,
        ProtocolName = ProtocolName,
        Assignment = member.Assignment,
    };

    public void Die(ErrorCode cause)
    {
        State = GroupState.Dead;
        CauseOfDeath = cause;
        deadlines.Clear();
        writes.Clear();
    }

    private void CompleteJoin(TimeSpan now)
    {
        _forNewcomers = null;
        foreach (GroupMember late in members.All.Where(member => member.Join is null).ToList())
        {
            // A static member keeps its place until its session ends.
            if (late.InstanceId is null)
                members.Remove(late);
        }

        if (members.Count == 0)
            BecomeEmpty();
        else if (members.ElectLeader())
            BeginGeneration(now);
        else
            deadlines.Join = now + Longer(members.LongestRebalanceTimeout, Patience);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void BeginGeneration(TimeSpan now)
    {
        Generation++;
        ProtocolName = members.ElectProtocol() ?? throw new UnreachableException("No protocol in common.");
        State = GroupState.CompletingRebalance;
        _assignmentIsWritten = false;
        deadlines.Join = GroupDeadlines.Never;
        deadlines.Sync = now + members.LongestRebalanceTimeout;
        foreach (GroupMember member in members.All)
        {
            member.IsNew = false;
            member.OwesSync = true;
            deadlines.RestartSession(member, now);
            members.AnswerJoin(member, WelcomeAs(member));
        }
    }

    private void BecomeEmpty()
    {
        Generation++;
        ProtocolName = null;
        State = GroupState.Empty;
        deadlines.Join = GroupDeadlines.Never;

        // Where this is lost, the next coordinator begins with members whose sessions end.
        writes.Want(Metadata(_ => default), static (_, _) => { });
    }

    private void AssignmentIsWritten(
        int generation, Dictionary<string, ReadOnlyMemory<byte>> parts, ErrorCode error, TimeSpan now)
    {
        if (State != GroupState.CompletingRebalance || generation != Generation)
            return;

        if (error != ErrorCode.None)
        {
            DropAssignment(error, now);
            Prepare(now);
            return;
        }

        State = GroupState.Stable;
        foreach (GroupMember member in members.All)
        {
            member.Assignment = parts.GetValueOrDefault(member.Id);
            if (member.AnswerSync(AssignmentOf(member)))
                deadlines.RestartSession(member, now);
        }
    }

    private void DropAssignment(ErrorCode error, TimeSpan now)
    {
        foreach (GroupMember member in members.All)
        {
            member.Assignment = default;
            if (member.AnswerSync(SyncAnswer.Refuse(error)))
                deadlines.RestartSession(member, now);
        }
    }
}
