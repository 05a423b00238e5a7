using Broker.Protocol;
using Broker.Server.Configuration;

namespace Broker.Server.Groups.Classic;

/// <summary>Who may join a group, as whom, and whether that takes a rebalance.</summary>
internal sealed class Admission(
    GroupOptions options,
    MemberTable members,
    PromisedIds promised,
    Rebalance rebalance,
    GroupDeadlines deadlines,
    GroupWrites writes,
    Func<Guid> newId)
{
    /// <summary>
    /// So long a new member waits for its first generation at most. It has no id to send heartbeats with, and a client
    /// that gave up and asks again would leave it behind.
    /// </summary>
    private static readonly TimeSpan FirstJoin = TimeSpan.FromMinutes(5);

    public void Join(JoinAsk ask, Action<JoinAnswer> answer, TimeSpan now)
    {
        if (ask.RebalanceTimeout < TimeSpan.Zero)
            ask = ask with { RebalanceTimeout = TimeSpan.Zero };

        if (Refusal(ask) is var refusal && refusal != ErrorCode.None)
            answer(JoinAnswer.Refuse(refusal, ask.MemberId));
        else if (!HasRoomFor(ask))
            TurnAway(ask, answer, now);
        else if (!CanFollow(ask))
            answer(JoinAnswer.Refuse(ErrorCode.InconsistentGroupProtocol, ask.MemberId));
        else if (ask.MemberId.Length == 0)
            JoinAnew(ask, answer, now);
        else if (promised.Contains(ask.MemberId))
            JoinAsPromised(ask, answer, now);
        else
            JoinAgain(ask, answer, now);

        rebalance.CompleteJoinIfAllJoined(now);
    }

    private ErrorCode Refusal(JoinAsk ask)
    {
        if (ask.SessionTimeout < options.MinSessionTimeout || ask.SessionTimeout > options.MaxSessionTimeout)
            return ErrorCode.InvalidSessionTimeout;

        return rebalance.State == GroupState.Dead ? rebalance.CauseOfDeath : ErrorCode.None;
    }

    /// <summary>
    /// While a rebalance is prepared, those count that have joined it: a group that is too large gets smaller by one.
    /// A static member that takes its own place again needs no room.
    /// </summary>
    private bool HasRoomFor(JoinAsk ask)
    {
        GroupMember? member = ask.MemberId.Length == 0 && ask.InstanceId is { } instance
            ? members.FindInstance(instance)
            : members.Find(ask.MemberId);
        return rebalance.State switch
        {
            GroupState.Empty => true,
            GroupState.PreparingRebalance => member?.Join is not null || members.Joined < options.MaxSize,
            _ => member is not null || members.Count < options.MaxSize,
        };
    }

    private void TurnAway(JoinAsk ask, Action<JoinAnswer> answer, TimeSpan now)
    {
        answer(JoinAnswer.Refuse(ErrorCode.GroupMaxSizeReached, ""));
        promised.Remove(ask.MemberId);
        if (members.Check(ask.MemberId, ask.InstanceId, out GroupMember member) != ErrorCode.None)
            return;

        members.Remove(member);
        rebalance.MemberRemoved(now);
    }

    private bool CanFollow(JoinAsk ask)
    {
        if (rebalance.State == GroupState.Empty)
            return ask.ProtocolType.Length > 0 && ask.Protocols.Count > 0;

        return ask.ProtocolType == rebalance.ProtocolType && members.CanFollow(ask.Protocols);
    }

    private void JoinAnew(JoinAsk ask, Action<JoinAnswer> answer, TimeSpan now)
    {
        string id = $"{ask.InstanceId ?? ask.ClientId}-{newId()}";
        if (ask.InstanceId is { } instance && members.FindInstance(instance) is { } old)
        {
            TakePlace(old, id, ask, answer, now);
        }
        else if (ask.InstanceId is null && ask.RequiresKnownMember)
        {
            promised.Add(id, now + ask.SessionTimeout);
            deadlines.Note(now + ask.SessionTimeout);
            answer(JoinAnswer.Refuse(ErrorCode.MemberIdRequired, id));
        }
        else
        {
            Add(id, ask, answer, now);
        }
    }

    private void JoinAsPromised(JoinAsk ask, Action<JoinAnswer> answer, TimeSpan now)
    {
        // Ids are promised to dynamic members alone.
        if (ask.InstanceId is not null)
        {
            answer(JoinAnswer.Refuse(ErrorCode.UnknownMemberId, ask.MemberId));
            return;
        }

        promised.Remove(ask.MemberId);
        Add(ask.MemberId, ask, answer, now);
    }

    private void Add(string id, JoinAsk ask, Action<JoinAnswer> answer, TimeSpan now)
    {
        GroupMember member = GroupMember.From(id, ask);
        member.IsNew = true;
        members.Add(member);
        members.AwaitJoin(member, answer);
        deadlines.EndSession(member, now + FirstJoin);
        rebalance.MemberAdded(ask.ProtocolType);
        rebalance.Prepare(now);
    }

    private void JoinAgain(JoinAsk ask, Action<JoinAnswer> answer, TimeSpan now)
    {
        ErrorCode error = members.Check(ask.MemberId, ask.InstanceId, out GroupMember member);
        if (error != ErrorCode.None)
        {
            answer(JoinAnswer.Refuse(error, ask.MemberId));
            return;
        }

        if (NeedsNoRebalance(member, ask))
        {
            deadlines.RestartSession(member, now);
            answer(rebalance.State == GroupState.Stable ? rebalance.Welcome(member) : rebalance.WelcomeAs(member));
            return;
        }

        members.Update(member, ask);
        members.AwaitJoin(member, answer);
        rebalance.Prepare(now);
    }

    /// <summary>
    /// Its answer was lost, and all that it says is known. A leader of a stable group that joins again wants the work
    /// to be shared out anew.
    /// </summary>
    private bool NeedsNoRebalance(GroupMember member, JoinAsk ask) => rebalance.State switch
    {
        GroupState.CompletingRebalance => member.SaysAgain(ask.Protocols),
        GroupState.Stable => !members.IsLeader(member) && member.SaysAgain(ask.Protocols),
        _ => false,
    };

    /// <summary>
    /// A static member has started again: it has the place of the one before and its assignment, under an id of its
    /// own. No rebalance, where the assignment was shared out already and the protocol stays.
    /// </summary>
    private void TakePlace(GroupMember old, string id, JoinAsk ask, Action<JoinAnswer> answer, TimeSpan now)
    {
        string leaderBefore = members.LeaderId!;
        GroupMember member = GroupMember.From(id, ask);
        member.Assignment = old.Assignment;
        member.OwesSync = old.OwesSync;
        members.Replace(old, member);
        members.AwaitJoin(member, answer);
        deadlines.RestartSession(member, now);
        if (rebalance.State != GroupState.Stable || members.ElectProtocol() != rebalance.ProtocolName)
        {
            rebalance.Prepare(now);
            return;
        }

        int generation = rebalance.Generation;
        writes.Want(rebalance.Metadata(each => each.Assignment), (error, at) =>
        {
            // Meanwhile it was replaced itself, or waits for the next generation.
            if (members.Find(id) != member || rebalance.State != GroupState.Stable
                || rebalance.Generation != generation)
            {
                return;
            }

            if (error == ErrorCode.None)
                HandOver(member, leaderBefore, ask.CanSkipAssignment, at);
            else
                TakeBack(member, old, error, at);
        });
    }

    private void HandOver(GroupMember member, string leaderBefore, bool canSkipAssignment, TimeSpan now)
    {
        deadlines.RestartSession(member, now);

        // An older client would take itself for the leader and share out what nobody waits for: it is told the id
        // that it had before.
        if (!canSkipAssignment)
            members.AnswerJoin(member, rebalance.Welcome(member) with { LeaderId = leaderBefore });
        else
            members.AnswerJoin(
                member, rebalance.WelcomeAs(member) with { SkipAssignment = members.IsLeader(member) });
    }

    private void TakeBack(GroupMember member, GroupMember old, ErrorCode error, TimeSpan now)
    {
        members.AnswerJoin(member, JoinAnswer.Refuse(error, ""));
        members.Replace(member, old);
        deadlines.RestartSession(old, now);
    }
}
