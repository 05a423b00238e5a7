using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class MetadataHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public static TheoryData<short> Versions => [.. Enumerable.Range(0, 13).Select(version => (short)version)];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_version_shows_brokers_topics_and_leaders(short version)
    {
        TopicImage topic = _bench.Cluster.AddTopic("orders", 2);
        MetadataResponse response = await _bench.AskAsync(All(version), version);
        Assert.Equal(["broker-1", "broker-2", "broker-3"], response.Brokers.Select(broker => broker.Host));
        MetadataResponse.MetadataResponseTopic shown = Assert.Single(response.Topics);
        Assert.Equal("orders", shown.Name);
        Assert.Equal(version >= 10 ? topic.Id : default, shown.TopicId);
        Assert.Equal(2, shown.Partitions.Count);
        Assert.Equal(new BrokerId(1), shown.Partitions[1].LeaderId);
        Assert.Equal(version >= 7 ? 5 : -1, shown.Partitions[1].LeaderEpoch);
        Assert.Equal(3, shown.Partitions[1].ReplicaNodes.Count);
        if (version >= 1)
            Assert.Equal(new BrokerId(2), response.ControllerId);
        if (version >= 2)
            Assert.Equal(_bench.Cluster.Image.ClusterId.ToString(), response.ClusterId);
    }

    [Fact]
    public async Task A_dead_leader_is_shown_as_none_and_its_broker_not_at_all()
    {
        _bench.Cluster.AddTopic("orders", 1);
        _bench.Cluster.Kill(1);
        MetadataResponse response = await _bench.AskAsync(All(12), 12);
        Assert.Equal(["broker-2", "broker-3"], response.Brokers.Select(broker => broker.Host));
        MetadataResponse.MetadataResponsePartition partition = response.Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.LeaderNotAvailable, partition.ErrorCode);
        Assert.Equal(BrokerId.None, partition.LeaderId);
        Assert.Equal(new List<BrokerId> { new(1) }, partition.OfflineReplicas);
        Assert.Equal(new List<BrokerId> { new(2), new(3) }, partition.IsrNodes);
    }

    [Fact]
    public async Task A_leader_that_changes_while_leaders_settle_is_shown()
    {
        TopicImage topic = _bench.Cluster.AddTopic("orders", 1);
        _bench.Cluster.Settling = () => _bench.Cluster.Overlay(topic, 0, leader: 2, epoch: 6);
        MetadataResponse response = await _bench.AskAsync(All(12), 12);
        Assert.Equal(new BrokerId(2), response.Topics[0].Partitions[0].LeaderId);
    }

    [Fact]
    public async Task A_replica_that_serves_reads_is_shown_in_the_place_of_a_leader_that_cannot_be()
    {
        _bench.Cluster.AddTopic("orders", 1);
        _bench.Cluster.Kill(1);
        _bench.Cluster.Kill(3);
        _bench.Cluster.Reader = new BrokerId(2);
        MetadataResponse response = await _bench.AskAsync(All(12), 12);
        MetadataResponse.MetadataResponsePartition partition = response.Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.None, partition.ErrorCode);
        Assert.Equal(new BrokerId(2), partition.LeaderId);
        Assert.Equal(5, partition.LeaderEpoch);
        Assert.Equal(new List<BrokerId> { new(2) }, partition.IsrNodes);
    }

    [Fact]
    public async Task A_newer_leader_that_an_own_replica_knows_of_is_shown_before_the_image_has_it()
    {
        TopicImage topic = _bench.Cluster.AddTopic("orders", 1);
        _bench.Cluster.Overlay(topic, 0, leader: 3, epoch: 9);
        MetadataResponse response = await _bench.AskAsync(All(12), 12);
        Assert.Equal(new BrokerId(3), response.Topics[0].Partitions[0].LeaderId);
        Assert.Equal(9, response.Topics[0].Partitions[0].LeaderEpoch);
    }

    [Fact]
    public async Task Topics_are_found_by_name_and_by_id_and_missed_by_the_right_error()
    {
        TopicImage topic = _bench.Cluster.AddTopic("orders", 1);
        var request = new MetadataRequest { Topics = new() };
        request.Topics.Add().Name = "orders";
        request.Topics.Add().Name = "missing";
        request.Topics.Add().Name = "not allowed";
        Named(request, topic.Id);
        Named(request, new TopicId(Guid.Parse("99999999-0000-4000-8000-000000000000")));
        MetadataResponse response = await _bench.AskAsync(request, 12);
        Assert.Equal(
            [
                ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.InvalidTopicException,
                ErrorCode.None, ErrorCode.UnknownTopicId,
            ],
            response.Topics.Select(each => each.ErrorCode));
        Assert.Equal("orders", response.Topics[3].Name);
    }

    [Fact]
    public async Task No_topics_asked_for_gives_none_but_in_version_0_all()
    {
        _bench.Cluster.AddTopic("orders", 1);
        var none = new MetadataRequest { Topics = new() };
        Assert.Empty((await _bench.AskAsync(none, 1)).Topics);
        Assert.Single((await _bench.AskAsync(none, 0)).Topics);
    }

    [Theory]
    [InlineData("true", true, 1)]
    [InlineData("true", false, 0)]
    [InlineData("false", true, 0)]
    public async Task A_missing_topic_is_created_only_where_broker_and_client_want_it(
        string setting, bool allowed, int wishes)
    {
        using var bench = new HandlerBench($"--auto.create.topics.enable={setting}");
        var request = new MetadataRequest { Topics = new(), AllowAutoTopicCreation = allowed };
        request.Topics.Add().Name = "new";
        request.Topics.Add().Name = "not allowed";
        await bench.AskAsync(request, 9);
        Assert.Equal(wishes, bench.Controller.Wishes.Count);
    }

    [Fact]
    public async Task Authorized_operations_are_told_where_they_are_asked_for()
    {
        _bench.Cluster.AddTopic("orders", 1);
        MetadataRequest request = All(8);
        Assert.Equal(int.MinValue, (await _bench.AskAsync(request, 8)).Topics[0].TopicAuthorizedOperations);
        request.IncludeTopicAuthorizedOperations = true;
        request.IncludeClusterAuthorizedOperations = true;
        MetadataResponse response = await _bench.AskAsync(request, 8);
        Assert.Equal(3576, response.Topics[0].TopicAuthorizedOperations);
        Assert.Equal(8096, response.ClusterAuthorizedOperations);
    }

    private static MetadataRequest All(short version) => new() { Topics = version == 0 ? new() : null };

    private static void Named(MetadataRequest request, TopicId id)
    {
        MetadataRequest.MetadataRequestTopic topic = request.Topics!.Add();
        (topic.Name, topic.TopicId) = (null, id);
    }
}
