using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Handlers;

/// <summary>CreateTopics, DeleteTopics and CreatePartitions.</summary>
public sealed class TopicHandlersTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task A_created_topic_is_told_with_all_that_the_version_has_room_for(short version)
    {
        CreateTopicsRequest request = Creating("orders");
        request.Topics[0].Configs.Add();
        (request.Topics[0].Configs[0].Name, request.Topics[0].Configs[0].Value) = ("retention.ms", "1000");
        CreateTopicsResponse response = await _bench.AskAsync(request, version);
        TopicWish wish = Assert.Single(_bench.Controller.Wishes);
        Assert.Equal(("orders", -1, -1), (wish.Name, wish.Partitions, wish.ReplicationFactor));
        CreateTopicsResponse.CreatableTopicResult topic = response.Topics[0];
        Assert.Equal(ErrorCode.None, topic.ErrorCode);
        Assert.Equal(version >= 7 ? wish.Id : default, topic.TopicId);
        Assert.Equal(version >= 5 ? (6, 3) : (-1, -1), (topic.NumPartitions, (int)topic.ReplicationFactor));
        if (version >= 5)
        {
            CreateTopicsResponse.CreatableTopicConfigs set = Assert.Single(
                topic.Configs!, config => config.Name == "retention.ms");
            Assert.Equal(("1000", 1), (set.Value, set.ConfigSource));
        }
    }

    [Theory]
    [InlineData(RefusalReason.TopicAlreadyExists, ErrorCode.TopicAlreadyExists)]
    [InlineData(RefusalReason.InvalidTopicName, ErrorCode.InvalidTopicException)]
    [InlineData(RefusalReason.InvalidReplicationFactor, ErrorCode.InvalidReplicationFactor)]
    [InlineData(RefusalReason.InvalidPartitions, ErrorCode.InvalidPartitions)]
    [InlineData(RefusalReason.InvalidReplicaAssignment, ErrorCode.InvalidReplicaAssignment)]
    [InlineData(RefusalReason.InvalidConfig, ErrorCode.InvalidConfig)]
    public async Task A_refusal_is_passed_on_with_its_code_and_words(RefusalReason reason, ErrorCode code)
    {
        _bench.Controller.Fault = ControllerFault.Refused;
        _bench.Controller.Refusal = new Refusal(reason, "because");
        CreateTopicsResponse response = await _bench.AskAsync(Creating("orders"), 7);
        Assert.Equal((code, "because"), (response.Topics[0].ErrorCode, response.Topics[0].ErrorMessage));
    }

    [Theory]
    [InlineData(ControllerFault.TimedOut)]
    [InlineData(ControllerFault.NoController)]
    public async Task What_is_not_known_in_time_is_said_so(ControllerFault fault)
    {
        _bench.Controller.Fault = fault;
        CreateTopicsResponse response = await _bench.AskAsync(Creating("orders"), 7);
        Assert.Equal(ErrorCode.RequestTimedOut, response.Topics[0].ErrorCode);
        Assert.NotEmpty(response.Topics[0].ErrorMessage!);
    }

    [Fact]
    public async Task A_topic_that_is_named_twice_is_refused_and_the_others_are_created()
    {
        CreateTopicsResponse response = await _bench.AskAsync(Creating("a", "b", "a"), 7);
        Assert.Equal(
            [ErrorCode.InvalidRequest, ErrorCode.None, ErrorCode.InvalidRequest],
            response.Topics.Select(topic => topic.ErrorCode));
        Assert.Equal("b", Assert.Single(_bench.Controller.Wishes).Name);
    }

    [Fact]
    public async Task Validating_only_is_passed_on()
    {
        CreateTopicsRequest request = Creating("orders");
        request.ValidateOnly = true;
        await _bench.AskAsync(request, 7);
        Assert.True(_bench.Controller.ValidateOnly);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Topics_are_deleted_by_name(short version)
    {
        TopicImage topic = _bench.Cluster.AddTopic("orders", 1);
        var request = new DeleteTopicsRequest();
        request.TopicNames.AddRange(["orders", "missing"]);
        DeleteTopicsResponse response = await _bench.AskAsync(request, version);
        Assert.Equal(
            [("orders", ErrorCode.None), ("missing", ErrorCode.UnknownTopicOrPartition)],
            response.Responses.Select(result => (result.Name!, result.ErrorCode)));
        Assert.Equal([topic.Id], _bench.Controller.Deleted);
    }

    [Fact]
    public async Task Without_a_metadata_leader_no_topic_is_called_unknown()
    {
        _bench.Cluster.CanBarrier = false;
        var request = new DeleteTopicsRequest();
        request.Topics.Add().Name = "missing";
        request.Topics.Add().TopicId = new TopicId(Guid.Parse("99999999-0000-4000-8000-000000000000"));
        DeleteTopicsResponse response = await _bench.AskAsync(request, 6);
        Assert.All(response.Responses, result => Assert.Equal(ErrorCode.RequestTimedOut, result.ErrorCode));
    }

    [Fact]
    public async Task Topics_are_deleted_by_id_and_an_unknown_or_doubled_one_is_refused()
    {
        TopicImage orders = _bench.Cluster.AddTopic("orders", 1);
        TopicImage other = _bench.Cluster.AddTopic("other", 1);
        var request = new DeleteTopicsRequest();
        request.Topics.Add().TopicId = orders.Id;
        request.Topics.Add().TopicId = new TopicId(Guid.Parse("99999999-0000-4000-8000-000000000000"));
        request.Topics.Add().Name = "other";
        request.Topics.Add().TopicId = other.Id;
        DeleteTopicsResponse response = await _bench.AskAsync(request, 6);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownTopicId, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest],
            response.Responses.Select(result => result.ErrorCode));
        Assert.Equal([orders.Id], _bench.Controller.Deleted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Partitions_are_added(short version)
    {
        var request = new CreatePartitionsRequest();
        CreatePartitionsRequest.CreatePartitionsTopic topic = request.Topics.Add();
        (topic.Name, topic.Count) = ("orders", 9);
        CreatePartitionsResponse response = await _bench.AskAsync(request, version);
        Assert.Equal(ErrorCode.None, response.Results[0].ErrorCode);
        Assert.Equal(("orders", 9), (_bench.Controller.Grown[0].Topic, _bench.Controller.Grown[0].Total));
    }

    private static CreateTopicsRequest Creating(params string[] names)
    {
        var request = new CreateTopicsRequest();
        foreach (string name in names)
        {
            CreateTopicsRequest.CreatableTopic topic = request.Topics.Add();
            (topic.Name, topic.NumPartitions, topic.ReplicationFactor) = (name, -1, -1);
        }

        return request;
    }
}
