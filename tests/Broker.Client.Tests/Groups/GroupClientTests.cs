using Broker.Client.Groups;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Client.Tests.Groups;

public sealed class GroupClientTests : IAsyncDisposable
{
    private const string Group = "workers";

    private readonly ScriptedBroker _broker = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_group_is_described_with_its_lag_and_owners()
    {
        _broker.Topics["work"] = 3;
        _broker.On<DescribeGroupsRequest>(ApiKey.DescribeGroups, _ => Described("Stable", WorkZeroAndOne));
        _broker.On<OffsetFetchRequest>(
            ApiKey.OffsetFetch, _ => Committed(("work", 0, 4), ("work", 2, 7), ("gone", 0, 1)));
        _broker.On<ListOffsetsRequest>(ApiKey.ListOffsets, request => Ends(request, 6));

        GroupDescription group = await DescribeAsync();

        Assert.Equal(
            (Group, "Stable", "consumer", "range", ScriptedBroker.Id),
            (group.Id, group.State, group.ProtocolType, group.Protocol, group.Coordinator));
        Assert.Equal(["one"], group.Members.Select(member => member.Id));
        Assert.Equal(
            [
                new GroupProgress(new TopicPartition("gone", 0), new Offset(1), null, null),
                new GroupProgress(new TopicPartition("work", 0), new Offset(4), new Offset(6), "one"),
                new GroupProgress(new TopicPartition("work", 1), null, new Offset(6), "one"),
                new GroupProgress(new TopicPartition("work", 2), new Offset(7), new Offset(6), null),
            ],
            group.Progress);
        Assert.Equal([null, 2, null, 0], group.Progress.Select(partition => partition.Lag));
    }

    [Fact]
    public async Task A_coordinator_that_loads_or_moves_is_asked_again()
    {
        Queue<ErrorCode> searches = new([ErrorCode.CoordinatorNotAvailable]);
        Queue<ErrorCode> errors = new([ErrorCode.NotCoordinator, ErrorCode.CoordinatorLoadInProgress]);
        _broker.On<FindCoordinatorRequest>(ApiKey.FindCoordinator, request =>
        {
            FindCoordinatorResponse response = _broker.FoundHere(request);
            response.Coordinators[0].ErrorCode = searches.TryDequeue(out ErrorCode error) ? error : ErrorCode.None;
            return response;
        });
        _broker.On<DescribeGroupsRequest>(ApiKey.DescribeGroups, _ =>
        {
            DescribeGroupsResponse response = Described("Empty", []);
            response.Groups[0].ErrorCode = errors.TryDequeue(out ErrorCode error) ? error : ErrorCode.None;
            return response;
        });
        _broker.On<OffsetFetchRequest>(ApiKey.OffsetFetch, _ => Committed());

        Assert.Equal("Empty", (await DescribeAsync()).State);
        Assert.Empty(searches);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_group_that_is_not_there_is_said_to_be_none()
    {
        _broker.On<DescribeGroupsRequest>(ApiKey.DescribeGroups, _ => Described("Dead", []));
        RequestException none = await Assert.ThrowsAsync<RequestException>(DescribeAsync);
        Assert.Equal(ErrorCode.GroupIdNotFound, none.Code);
        Assert.Contains("'workers'", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_nobody_coordinates_is_told()
    {
        _broker.On<FindCoordinatorRequest>(ApiKey.FindCoordinator, request =>
        {
            FindCoordinatorResponse response = _broker.FoundHere(request);
            (response.Coordinators[0].ErrorCode, response.Coordinators[0].ErrorMessage) =
                (ErrorCode.CoordinatorNotAvailable, "3 replicas were asked for");
            return response;
        });
        await using BrokerClient client = await BrokerClient.ConnectAsync(
            new ClientOptions { BootstrapServers = [_broker.Address], OperationTimeout = TimeSpan.Zero }, Token);
        RequestException refused =
            await Assert.ThrowsAsync<RequestException>(() => client.Groups.DescribeAsync(Group, Token));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, refused.Code);
        Assert.Contains("3 replicas were asked for", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_are_listed_once_their_coordinator_has_loaded()
    {
        Queue<ErrorCode> errors = new([ErrorCode.CoordinatorLoadInProgress]);
        _broker.On<ListGroupsRequest>(ApiKey.ListGroups, _ => Listed(
            errors.TryDequeue(out ErrorCode error) ? error : ErrorCode.None, "b", "a"));
        await using BrokerClient client = await _broker.ConnectAsync(Token);
        GroupSurvey survey = await client.Groups.ListAsync(Token);
        Assert.Equal(
            [
                new GroupListing("a", "Empty", "consumer", ScriptedBroker.Id),
                new GroupListing("b", "Empty", "consumer", ScriptedBroker.Id),
            ],
            survey.Groups);
        Assert.Empty(survey.Silent);
    }

    [Fact]
    public async Task A_broker_that_does_not_tell_is_named()
    {
        _broker.On<ListGroupsRequest>(
            ApiKey.ListGroups, _ => Listed(ErrorCode.GroupAuthorizationFailed));
        await using BrokerClient client = await _broker.ConnectAsync(Token);
        GroupSurvey survey = await client.Groups.ListAsync(Token);
        Assert.Empty(survey.Groups);
        Assert.Contains("GROUP_AUTHORIZATION_FAILED", survey.Silent[ScriptedBroker.Id], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_with_members_is_not_deleted()
    {
        RequestException refused = await Assert.ThrowsAsync<RequestException>(
            () => DeleteAsync(ErrorCode.NonEmptyGroup));
        Assert.Equal(ErrorCode.NonEmptyGroup, refused.Code);
        Assert.Contains("was not deleted: it has members", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_is_gone_after_an_outcome_that_was_not_known_is_deleted()
    {
        await DeleteAsync(ErrorCode.CoordinatorNotAvailable, ErrorCode.GroupIdNotFound);
        await DeleteAsync(ErrorCode.NotCoordinator, ErrorCode.None);
        RequestException none = await Assert.ThrowsAsync<RequestException>(
            () => DeleteAsync(ErrorCode.CoordinatorLoadInProgress, ErrorCode.GroupIdNotFound));
        Assert.Equal(ErrorCode.GroupIdNotFound, none.Code);
    }

    [Fact]
    public async Task Offsets_are_reset_by_somebody_who_is_no_member()
    {
        _broker.Topics["work"] = 2;
        _broker.On<DescribeGroupsRequest>(ApiKey.DescribeGroups, _ => Described("Empty", []));
        _broker.On<OffsetFetchRequest>(ApiKey.OffsetFetch, _ => Committed(("work", 0, 4)));
        _broker.On<ListOffsetsRequest>(
            ApiKey.ListOffsets, request => Ends(request, request.Topics[0].Partitions[0].Timestamp == -1 ? 6 : 2));
        Queue<ErrorCode> errors = new([ErrorCode.NotCoordinator, ErrorCode.None, ErrorCode.UnknownMemberId]);
        List<string> commits = [];
        _broker.On<OffsetCommitRequest>(ApiKey.OffsetCommit, request =>
        {
            commits.Add($"{request.GenerationId} '{request.MemberId}' " + string.Join(
                ',', request.Topics.Single().Partitions.Select(each => each.CommittedOffset)));
            return Answered(request, errors.Dequeue());
        });
        await using BrokerClient client = await _broker.ConnectAsync(Token);
        IReadOnlyList<OffsetReset> resets =
            await client.Groups.PlanResetAsync(Group, "work", StartPosition.Earliest, Token);
        Assert.Equal(
            [
                new OffsetReset(new TopicPartition("work", 0), new Offset(4), new Offset(2)),
                new OffsetReset(new TopicPartition("work", 1), null, new Offset(2)),
            ],
            resets);
        Assert.Empty(commits);
        await client.Groups.ResetAsync(Group, resets, Token);
        Assert.Equal(["-1 '' 2,2", "-1 '' 2,2"], commits);

        RequestException refused = await Assert.ThrowsAsync<RequestException>(
            () => client.Groups.ResetAsync(Group, resets, Token));
        Assert.Equal(ErrorCode.NonEmptyGroup, refused.Code);
    }

    [Fact]
    public async Task A_group_with_members_is_not_reset()
    {
        _broker.Topics["work"] = 2;
        _broker.On<DescribeGroupsRequest>(ApiKey.DescribeGroups, _ => Described("Stable", WorkZeroAndOne));
        _broker.On<OffsetFetchRequest>(ApiKey.OffsetFetch, _ => Committed());
        _broker.On<ListOffsetsRequest>(ApiKey.ListOffsets, request => Ends(request, 6));
        await using BrokerClient client = await _broker.ConnectAsync(Token);
        RequestException refused = await Assert.ThrowsAsync<RequestException>(
            () => client.Groups.PlanResetAsync(Group, "work", StartPosition.Latest, Token));
        Assert.Equal(ErrorCode.NonEmptyGroup, refused.Code);
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private static OffsetCommitResponse Answered(OffsetCommitRequest request, ErrorCode error)
    {
        var response = new OffsetCommitResponse();
        foreach (OffsetCommitRequest.OffsetCommitRequestTopic asked in request.Topics)
        {
            OffsetCommitResponse.OffsetCommitResponseTopic topic = response.Topics.Add();
            topic.Name = asked.Name;
            foreach (OffsetCommitRequest.OffsetCommitRequestPartition partition in asked.Partitions)
            {
                OffsetCommitResponse.OffsetCommitResponsePartition answer = topic.Partitions.Add();
                (answer.PartitionIndex, answer.ErrorCode) = (partition.PartitionIndex, error);
            }
        }

        return response;
    }

    private async Task DeleteAsync(params ErrorCode[] answers)
    {
        Queue<ErrorCode> errors = new(answers);
        _broker.On<DeleteGroupsRequest>(ApiKey.DeleteGroups, _ =>
        {
            var response = new DeleteGroupsResponse();
            DeleteGroupsResponse.DeletableGroupResult result = response.Results.Add();
            (result.GroupId, result.ErrorCode) = (Group, errors.Dequeue());
            return response;
        });
        await using BrokerClient client = await _broker.ConnectAsync(Token);
        await client.Groups.DeleteAsync(Group, Token);
    }

    private static byte[] WorkZeroAndOne => Convert.FromHexString(
        "0001" + "00000001" + "0004" + "776F726B" + "00000002" + "00000000" + "00000001" + "FFFFFFFF");

    private async Task<GroupDescription> DescribeAsync()
    {
        await using BrokerClient client = await _broker.ConnectAsync(Token);
        return await client.Groups.DescribeAsync(Group, Token);
    }

    private static DescribeGroupsResponse Described(string state, byte[] assignment)
    {
        var response = new DescribeGroupsResponse();
        DescribeGroupsResponse.DescribedGroup group = response.Groups.Add();
        (group.GroupId, group.GroupState) = (Group, state);
        (group.ProtocolType, group.ProtocolData) = ("consumer", "range");
        if (assignment.Length > 0)
        {
            DescribeGroupsResponse.DescribedGroupMember member = group.Members.Add();
            (member.MemberId, member.ClientId, member.ClientHost) = ("one", "client", "/127.0.0.1");
            member.MemberAssignment = assignment;
        }

        return response;
    }

    private static OffsetFetchResponse Committed(params (string Topic, int Partition, long Offset)[] offsets)
    {
        var response = new OffsetFetchResponse();
        OffsetFetchResponse.OffsetFetchResponseGroup group = response.Groups.Add();
        group.GroupId = Group;
        foreach ((string name, int index, long offset) in offsets)
        {
            OffsetFetchResponse.OffsetFetchResponseTopics topic = group.Topics.Add();
            topic.Name = name;
            OffsetFetchResponse.OffsetFetchResponsePartitions partition = topic.Partitions.Add();
            (partition.PartitionIndex, partition.CommittedOffset) = (index, offset);
        }

        return response;
    }

    private static ListOffsetsResponse Ends(ListOffsetsRequest request, long end)
    {
        var response = new ListOffsetsResponse();
        foreach (ListOffsetsRequest.ListOffsetsTopic asked in request.Topics)
        {
            ListOffsetsResponse.ListOffsetsTopicResponse topic = response.Topics.Add();
            topic.Name = asked.Name;
            foreach (ListOffsetsRequest.ListOffsetsPartition partition in asked.Partitions)
            {
                ListOffsetsResponse.ListOffsetsPartitionResponse answer = topic.Partitions.Add();
                (answer.PartitionIndex, answer.Offset) = (partition.PartitionIndex, end);
            }
        }

        return response;
    }

    private static ListGroupsResponse Listed(ErrorCode error, params string[] groups)
    {
        var response = new ListGroupsResponse { ErrorCode = error };
        foreach (string id in groups)
        {
            ListGroupsResponse.ListedGroup group = response.Groups.Add();
            (group.GroupId, group.GroupState, group.ProtocolType) = (id, "Empty", "consumer");
        }

        return response;
    }
}
