using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class FetchHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new("--request.max.partitions=3");
    private readonly TopicImage _topic;
    private readonly FakePartition _partition;

    public FetchHandlerTests()
    {
        _topic = _bench.Cluster.AddTopic("orders", 3);
        _partition = _bench.Partitions.Host(_topic, 0);
    }

    public static TheoryData<short> Versions => [.. Enumerable.Range(4, 13).Select(version => (short)version)];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Records_and_watermarks_come_in_every_version(short version)
    {
        _partition.Append(100);
        _partition.Append(9000);
        FetchResponse response = await _bench.AskAsync(Fetching(version, (0, 0)), version);
        FetchResponse.PartitionData data = One(response);
        Assert.Equal((ErrorCode.None, 2L, 2L), (data.ErrorCode, data.HighWatermark, data.LastStableOffset));
        byte[] all = [.. Enumerable.Repeat((byte)1, 100), .. Enumerable.Repeat((byte)2, 9000)];
        Assert.Equal(all, data.Records.Memory.ToArray());
        Assert.Equal(version >= 13 ? _topic.Id : default, response.Responses[0].TopicId);
        Assert.Equal(0, response.SessionId);
        Assert.Null(data.AbortedTransactions);
    }

    [Fact]
    public async Task Limits_are_kept_but_for_the_first_batch()
    {
        FakePartition second = _bench.Partitions.Host(_topic, 1);
        for (int i = 0; i < 3; i++)
        {
            _partition.Append(1000);
            second.Append(1000);
        }

        FetchRequest request = Fetching(12, (0, 0), (1, 0));
        request.MaxBytes = 10;
        FetchResponse response = await _bench.AskAsync(request, 12);
        Assert.Equal([1000, 0], response.Responses[0].Partitions.Select(data => data.Records.Length));
        request.MaxBytes = 10_000;
        request.Topics[0].Partitions[0].PartitionMaxBytes = 2500;
        request.Topics[0].Partitions[1].PartitionMaxBytes = 1500;
        response = await _bench.AskAsync(request, 12);
        Assert.Equal([2000, 1000], response.Responses[0].Partitions.Select(data => data.Records.Length));
    }

    [Fact]
    public async Task A_fetch_at_the_end_waits_and_is_woken_by_the_next_batch()
    {
        Task<FetchResponse> waiting = _bench.AskAsync(Fetching(12, (0, 0)), 12);
        await Until(() => _partition.Waiters == 1);
        Assert.False(waiting.IsCompleted);
        _partition.Append(50);
        Assert.Equal(50, One(await waiting).Records.Length);
        Assert.Equal(0, _partition.Waiters);
    }

    [Fact]
    public async Task A_wait_ends_at_its_time_with_nothing_and_has_not_polled()
    {
        FetchRequest request = Fetching(12, (0, 0));
        request.MaxWaitMs = 150;
        FetchResponse.PartitionData data = One(await _bench.AskAsync(request, 12));
        Assert.Equal((ErrorCode.None, 0), (data.ErrorCode, data.Records.Length));
        Assert.False(data.Records.IsNull);
        Assert.InRange(_partition.Reads, 2, 4);
    }

    [Fact]
    public async Task A_wait_for_more_bytes_goes_on_until_they_are_there()
    {
        FetchRequest request = Fetching(12, (0, 0));
        request.MinBytes = 250;
        Task<FetchResponse> waiting = _bench.AskAsync(request, 12);
        for (int i = 1; i <= 3; i++)
        {
            await Until(() => _partition.Waiters == 1);
            Assert.False(waiting.IsCompleted);
            _partition.Append(100);
        }

        Assert.Equal(300, One(await waiting).Records.Length);
    }

    [Fact]
    public async Task A_wait_ends_when_the_client_is_gone_or_the_leader_changes()
    {
        Task<FetchResponse> waiting = _bench.AskAsync(Fetching(12, (0, 0)), 12);
        await Until(() => _partition.Waiters == 1);
        _partition.Become(PartitionFault.NotLeader);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, One(await waiting).ErrorCode);
        _partition.Become(PartitionFault.None);
        waiting = _bench.AskAsync(Fetching(12, (0, 0)), 12);
        await Until(() => _partition.Waiters == 1);
        _bench.Session.End();
        Assert.Equal(ErrorCode.None, One(await waiting).ErrorCode);
    }

    [Fact]
    public async Task A_leader_that_is_not_ready_is_waited_for()
    {
        _partition.ReadFault = PartitionFault.LeaderNotReady;
        _partition.Append(10);
        Task<FetchResponse> waiting = _bench.AskAsync(Fetching(12, (0, 0)), 12);
        await Until(() => _partition.Waiters == 1);
        _partition.Become(PartitionFault.None);
        Assert.Equal(10, One(await waiting).Records.Length);
    }

    [Theory]
    [InlineData(PartitionFault.OffsetOutOfRange, ErrorCode.OffsetOutOfRange)]
    [InlineData(PartitionFault.FencedEpoch, ErrorCode.FencedLeaderEpoch)]
    [InlineData(PartitionFault.UnknownEpoch, ErrorCode.UnknownLeaderEpoch)]
    [InlineData(PartitionFault.NotLeader, ErrorCode.NotLeaderOrFollower)]
    [InlineData(PartitionFault.Storage, ErrorCode.KafkaStorageError)]
    [InlineData(PartitionFault.Quarantined, ErrorCode.NotLeaderOrFollower)]
    public async Task A_fault_is_answered_at_once(PartitionFault fault, ErrorCode code)
    {
        _partition.ReadFault = fault;
        Assert.Equal(code, One(await _bench.AskAsync(Fetching(12, (0, 0)), 12)).ErrorCode);
    }

    [Theory]
    [InlineData(11, false, false)]
    [InlineData(12, true, false)]
    [InlineData(16, true, true)]
    public async Task A_client_at_the_wrong_broker_hears_who_leads_and_where(short version, bool who, bool where)
    {
        _bench.Cluster.Overlay(_topic, 1, leader: 2, epoch: 8);
        FetchResponse response = await _bench.AskAsync(Fetching(version, (1, 0)), version);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, One(response).ErrorCode);
        Assert.Equal(who ? 8 : -1, One(response).CurrentLeader?.LeaderEpoch ?? -1);
        Assert.Equal(where ? ["broker-2"] : [], response.NodeEndpoints.Select(node => node.Host));
    }

    [Fact]
    public async Task A_log_that_parted_from_the_clients_is_told_where()
    {
        _partition.Diverging = new EpochEnd(new Term(4), new Offset(17));
        FetchResponse.PartitionData data = One(await _bench.AskAsync(Fetching(12, (0, 0)), 12));
        Assert.Equal((4, 17L), (data.DivergingEpoch!.Epoch, data.DivergingEpoch.EndOffset));
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        FetchRequest byId = Fetching(13, (0, 0));
        byId.Topics[0].TopicId = new TopicId(Guid.Parse("99999999-0000-4000-8000-000000000000"));
        Assert.Equal(ErrorCode.UnknownTopicId, One(await _bench.AskAsync(byId, 13)).ErrorCode);
        FetchRequest byName = Fetching(12, (9, 0));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, One(await _bench.AskAsync(byName, 12)).ErrorCode);
        FetchRequest inSession = Fetching(12, (0, 0));
        (inSession.SessionId, inSession.SessionEpoch) = (77, 1);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await _bench.AskAsync(inSession, 12)).ErrorCode);
        FetchRequest many = Fetching(12, (0, 0), (1, 0), (2, 0), (0, 1));
        Assert.Equal(ErrorCode.InvalidRequest, (await _bench.AskAsync(many, 12)).ErrorCode);
    }

    [Fact]
    public async Task A_reader_of_committed_transactions_hears_that_none_was_aborted()
    {
        _partition.Append(1);
        FetchRequest request = Fetching(12, (0, 0));
        request.IsolationLevel = 1;
        Assert.Empty(One(await _bench.AskAsync(request, 12)).AbortedTransactions!);
    }

    [Fact]
    public async Task Memory_for_records_is_given_back_when_a_response_was_sent()
    {
        _partition.Append(5000);
        await _bench.AskAsync(Fetching(12, (0, 0)), 12);
        Assert.Equal(0, _bench.Services.ResponseMemory.Used);
    }

    private static FetchResponse.PartitionData One(FetchResponse response) =>
        Assert.Single(Assert.Single(response.Responses).Partitions);

    private FetchRequest Fetching(short version, params (int Partition, long Offset)[] positions)
    {
        var request = new FetchRequest { MaxWaitMs = 20_000, MinBytes = 1, MaxBytes = 1 << 20 };
        FetchRequest.FetchTopic topic = request.Topics.Add();
        if (version >= 13)
            topic.TopicId = _topic.Id;
        else
            topic.Topic = _topic.Name;

        foreach ((int partition, long offset) in positions)
        {
            FetchRequest.FetchPartition wanted = topic.Partitions.Add();
            (wanted.Partition, wanted.FetchOffset, wanted.PartitionMaxBytes) = (partition, offset, 1 << 20);
        }

        return request;
    }

    private static Task Until(Func<bool> condition) => Eventually.HoldsAsync(condition);
}
