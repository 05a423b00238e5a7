using Broker.Client.Connections;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Groups;

/// <summary>
/// Lists, describes, deletes and resets groups of consumers, without being a member of any. A group's coordinator that
/// moves or loads is waited for, 15 s at most. Any thread.
/// </summary>
public sealed class GroupClient
{
    private const string NothingIsKnown = "Dead";

    private readonly AdminClient _admin;
    private readonly CoordinatorCalls _coordinators;
    private readonly GroupSurveyor _surveyor;
    private readonly LogBounds _bounds;
    private readonly OffsetResets _resets;

    internal GroupClient(ClientOptions options, ConnectionPool pool, AdminClient admin)
    {
        _admin = admin;
        _coordinators = new CoordinatorCalls(options, pool, admin);
        _surveyor = new GroupSurveyor(options, pool);
        _bounds = new LogBounds(options, pool, admin);
        _resets = new OffsetResets(admin, _coordinators, _bounds);
    }

    /// <summary>Asks every broker that is alive; one that does not tell is named in what comes back.</summary>
    /// <exception cref="UnreachableException">No broker answers.</exception>
    public async Task<GroupSurvey> ListAsync(CancellationToken token = default)
    {
        ClusterDescription cluster = await _admin.DescribeClusterAsync(token).ConfigureAwait(false);
        return await _surveyor.AskAsync(cluster.Brokers, token).ConfigureAwait(false);
    }

    /// <summary>
    /// A group's members, and how far it is in each partition. A partition whose leader is missing is waited for 5 s,
    /// and then described without the end of its log.
    /// </summary>
    /// <exception cref="RequestException">
    /// There is no such group (<see cref="ErrorCode.GroupIdNotFound"/>), or nobody coordinates it; the message says
    /// why.
    /// </exception>
    /// <exception cref="UnreachableException">No broker answers.</exception>
    public async Task<GroupDescription> DescribeAsync(string group, CancellationToken token = default)
    {
        string failed = $"group '{group}' can't be described";
        DescribeGroupsRequest question = new();
        question.Groups.Add(group);
        CoordinatorAnswer<DescribeGroupsResponse> answer = await _coordinators
            .AskAsync(group, question, response => response.Groups.Single().ErrorCode, token)
            .ConfigureAwait(false);
        DescribeGroupsResponse.DescribedGroup told = answer.OrThrow(failed).Groups.Single();
        if (told.GroupState == NothingIsKnown)
        {
            throw new RequestException(
                ErrorCode.GroupIdNotFound, failed, "there is no such group: it has neither members nor offsets");
        }

        MemberDescription[] members =
        [
            .. told.Members
                .Select(member => Describe(member, told.ProtocolType))
                .OrderBy(member => member.ClientId, StringComparer.Ordinal)
                .ThenBy(member => member.Id, StringComparer.Ordinal),
        ];
        IReadOnlyDictionary<TopicPartition, Offset> committed =
            await CommittedAsync(group, failed, token).ConfigureAwait(false);
        IReadOnlyList<GroupProgress> progress = Progress.Of(members, committed, await _bounds
            .FindAsync(Progress.Partitions(members, committed), StartPosition.Latest, token)
            .ConfigureAwait(false));
        return new GroupDescription(
            group, told.GroupState, told.ProtocolType, told.ProtocolData, answer.Coordinator, members, progress);
    }

    /// <summary>Deletes a group that has no members, with its offsets; returns when that is committed.</summary>
    /// <exception cref="RequestException">
    /// It was refused and nothing was deleted: there is no such group (<see cref="ErrorCode.GroupIdNotFound"/>), or it
    /// has members (<see cref="ErrorCode.NonEmptyGroup"/>). Or it is not known what came of it; the message says so,
    /// and to try again does no harm.
    /// </exception>
    /// <exception cref="UnreachableException">No broker answers; the group may be deleted.</exception>
    public async Task DeleteAsync(string group, CancellationToken token = default)
    {
        DeleteGroupsRequest question = new();
        question.GroupsNames.Add(group);
        CoordinatorAnswer<DeleteGroupsResponse> answer = await _coordinators
            .AskAsync(group, question, response => response.Results.Single().ErrorCode, token)
            .ConfigureAwait(false);
        switch (answer)
        {
            case { Error: ErrorCode.GroupIdNotFound, IsUncertain: true }:
                return; // by an earlier try, whose answer did not come
            case { Error: ErrorCode.NonEmptyGroup }:
                throw new RequestException(answer.Error, $"group '{group}' was not deleted", Remedy.ForMembers);
            default:
                answer.OrThrow(CoordinatorCalls.Passes(answer.Error) && answer.IsUncertain
                    ? $"it is not known whether group '{group}' is deleted"
                    : $"group '{group}' was not deleted");
                return;
        }
    }

    /// <summary>
    /// What <see cref="ResetAsync"/> is to be given so that a group goes on elsewhere in a topic: changes nothing.
    /// </summary>
    /// <param name="group">Has to exist and must have no members.</param>
    /// <param name="topic">All of its partitions are meant.</param>
    /// <param name="to">
    /// The earliest or latest offset, or one offset for all: where a partition begins later or ends earlier, that is
    /// taken. A time is not supported.
    /// </param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="RequestException">
    /// There is no such group or topic, the group has members (<see cref="ErrorCode.NonEmptyGroup"/>), or a partition
    /// has no leader that could say where it begins and ends.
    /// </exception>
    /// <exception cref="UnreachableException">No broker answers.</exception>
    public async Task<IReadOnlyList<OffsetReset>> PlanResetAsync(
        string group, string topic, StartPosition to, CancellationToken token = default)
    {
        GroupDescription described = await DescribeAsync(group, token).ConfigureAwait(false);
        return await _resets.PlanAsync(described, topic, to, token).ConfigureAwait(false);
    }

    /// <summary>
    /// Commits where a group without members goes on, in one step for all partitions; returns when that is durable.
    /// A consumer that uses the group's offsets without being a member is not noticed.
    /// </summary>
    /// <exception cref="RequestException">
    /// It was refused and nothing was committed, because the group has members (<see cref="ErrorCode.NonEmptyGroup"/>);
    /// or a partition is no more, and all others are committed; or it is not known what came of it, and to try again
    /// does no harm.
    /// </exception>
    /// <exception cref="UnreachableException">No broker answers; the offsets may be committed.</exception>
    public Task ResetAsync(string group, IReadOnlyList<OffsetReset> resets, CancellationToken token = default) =>
        _resets.CommitAsync(group, resets, token);

    private async Task<IReadOnlyDictionary<TopicPartition, Offset>> CommittedAsync(
        string group, string failed, CancellationToken token)
    {
        OffsetFetchRequest question = new();
        OffsetFetchRequest.OffsetFetchRequestGroup asked = question.Groups.Add();
        asked.GroupId = group;
        asked.Topics = null;
        CoordinatorAnswer<OffsetFetchResponse> answer = await _coordinators
            .AskAsync(group, question, response => response.Groups.Single().ErrorCode, token)
            .ConfigureAwait(false);
        Dictionary<TopicPartition, Offset> committed = [];
        foreach (OffsetFetchResponse.OffsetFetchResponseTopics topic in answer.OrThrow(failed).Groups.Single().Topics)
        {
            foreach (OffsetFetchResponse.OffsetFetchResponsePartitions partition in topic.Partitions)
            {
                AdminClient.ThrowIfFailed(partition.ErrorCode, failed, null);
                if (partition.CommittedOffset >= 0)
                {
                    committed[new TopicPartition(topic.Name, partition.PartitionIndex)] =
                        new Offset(partition.CommittedOffset);
                }
            }
        }

        return committed;
    }

    private static MemberDescription Describe(
        DescribeGroupsResponse.DescribedGroupMember member, string protocolType) => new(
        member.MemberId,
        member.GroupInstanceId,
        member.ClientId,
        member.ClientHost,
        Assignments.Read(protocolType, member.MemberAssignment));
}
