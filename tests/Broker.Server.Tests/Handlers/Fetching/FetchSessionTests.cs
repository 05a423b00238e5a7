using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Fetching;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Handlers.Fetching;

/// <summary>Fetch sessions (KIP-227) as clients see them.</summary>
public sealed class FetchSessionTests : IDisposable
{
    private readonly HandlerBench _bench = new("--request.max.partitions=3");
    private readonly TopicImage _topic;
    private readonly FakePartition[] _partitions;

    public FetchSessionTests()
    {
        _topic = _bench.Cluster.AddTopic("orders", 4);
        _partitions = [.. Enumerable.Range(0, 4).Select(i => _bench.Partitions.Host(_topic, i))];
    }

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(16)]
    public async Task Only_what_is_new_is_asked_for_and_only_what_is_new_is_told(short version)
    {
        _partitions[0].Append(100);
        FetchResponse begun = await AskAsync(version, 0, 0, (0, 0), (1, 0));
        Assert.NotEqual(0, begun.SessionId);
        Tells(begun, 0, 1);

        FetchResponse next = await AskAsync(version, begun.SessionId, 1, (0, 1));
        Assert.Equal((begun.SessionId, ErrorCode.None), (next.SessionId, next.ErrorCode));
        Assert.Empty(next.Responses);

        _partitions[1].Append(70);
        next = await AskAsync(version, begun.SessionId, 2);
        Tells(next, 1);
        Assert.Equal(70, next.Responses[0].Partitions[0].Records.Length);
    }

    [Fact]
    public async Task Ends_and_beginnings_that_move_are_told_without_records()
    {
        int session = (await AskAsync(12, 0, 0, (0, 5), (1, 5))).SessionId;
        _partitions[0].Append(100);
        _partitions[1].LogStart = new Offset(3);
        FetchResponse next = await AskAsync(12, session, 1);
        Assert.Equal(
            [(0, 1L, 0L), (1, 0L, 3L)],
            next.Responses[0].Partitions.Select(
                told => (told.PartitionIndex, told.HighWatermark, told.LogStartOffset)));
        Assert.Empty((await AskAsync(12, session, 2)).Responses);
    }

    [Fact]
    public async Task An_error_is_told_as_long_as_it_lasts_and_when_it_is_over()
    {
        int session = (await AskAsync(12, 0, 0, (0, 0), (1, 0))).SessionId;
        _partitions[0].Become(PartitionFault.NotLeader);
        for (int epoch = 1; epoch < 3; epoch++)
        {
            FetchResponse.PartitionData told = (await AskAsync(12, session, epoch)).Responses[0].Partitions[0];
            Assert.Equal((0, ErrorCode.NotLeaderOrFollower), (told.PartitionIndex, told.ErrorCode));
        }

        _partitions[0].Become(PartitionFault.None);
        FetchResponse over = await AskAsync(12, session, 3);
        Assert.Equal(ErrorCode.None, Assert.Single(over.Responses[0].Partitions).ErrorCode);
        Assert.Empty((await AskAsync(12, session, 4)).Responses);
    }

    [Fact]
    public async Task A_topic_that_is_gone_is_told_by_its_id()
    {
        int session = (await AskAsync(16, 0, 0, (0, 0))).SessionId;
        _bench.Cluster.Apply(new TopicDeleted(_topic.Id));
        FetchResponse next = await AskAsync(16, session, 1);
        Assert.Equal(_topic.Id, next.Responses[0].TopicId);
        Assert.Equal(ErrorCode.UnknownTopicId, next.Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task What_is_forgotten_is_told_no_more_and_a_session_without_partitions_is_over()
    {
        int session = (await AskAsync(12, 0, 0, (0, 0), (1, 0))).SessionId;
        _partitions[0].Append(100);
        _partitions[1].Append(100);
        Tells(await AskAsync(Forgetting(12, session, 1, 0), 12), 1);

        FetchResponse emptied = await AskAsync(Forgetting(12, session, 2, 1), 12);
        Assert.Equal((0, ErrorCode.None), (emptied.SessionId, emptied.ErrorCode));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await AskAsync(12, session, 3)).ErrorCode);
    }

    [Fact]
    public async Task Requests_that_do_not_follow_the_last_one_are_refused()
    {
        int session = (await AskAsync(12, 0, 0, (0, 0))).SessionId;
        FetchResponse refused = await AskAsync(12, session, 2);
        Assert.Equal((ErrorCode.InvalidFetchSessionEpoch, 0), (refused.ErrorCode, refused.SessionId));
        Assert.Equal(ErrorCode.None, (await AskAsync(12, session, 1)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, (await AskAsync(12, session, 1)).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, (await AskAsync(13, session, 2)).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await AskAsync(12, session + 1, 2)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await AskAsync(12, session, 2)).ErrorCode);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    public async Task A_full_fetch_that_names_a_session_ends_it(int epoch)
    {
        int session = (await AskAsync(12, 0, 0, (0, 0))).SessionId;
        FetchResponse full = await AskAsync(12, session, epoch, (0, 0));
        Tells(full, 0);
        Assert.Equal(epoch == 0, full.SessionId != 0);
        Assert.NotEqual(session, full.SessionId);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await AskAsync(12, session, 1)).ErrorCode);
    }

    [Fact]
    public async Task Partitions_with_records_get_their_turn_one_after_the_other()
    {
        int session = (await AskAsync(12, 0, 0, (0, 0), (1, 0), (2, 0))).SessionId;
        foreach (FakePartition partition in _partitions)
        {
            for (int i = 0; i < 3; i++)
                partition.Append(100);
        }

        var turns = new List<int>();
        for (int epoch = 1; epoch <= 6; epoch++)
        {
            FetchRequest request = Request(12, session, epoch);
            request.MaxBytes = 100;
            FetchResponse answer = await _bench.AskAsync(request, 12);
            turns.AddRange(answer.Responses.SelectMany(each => each.Partitions)
                .Where(told => told.Records.Length > 0).Select(told => told.PartitionIndex));
        }

        Assert.Equal([0, 1, 2, 0, 1, 2], turns);
    }

    [Fact]
    public async Task A_wait_in_a_session_is_woken_by_what_is_not_named_in_the_request()
    {
        int session = (await AskAsync(12, 0, 0, (0, 0), (1, 0))).SessionId;
        FetchRequest request = Request(12, session, 1);
        request.MaxWaitMs = 20_000;
        Task<FetchResponse> waiting = _bench.AskAsync(request, 12);
        await Eventually.HoldsAsync(() => _partitions[1].Waiters == 1);
        _partitions[1].Append(30);
        Tells(await waiting, 1);
    }

    [Fact]
    public async Task An_answer_that_a_later_request_has_overtaken_says_so()
    {
        int session = (await AskAsync(12, 0, 0, (0, 0))).SessionId;
        FetchRequest request = Request(12, session, 1);
        request.MaxWaitMs = 20_000;
        Task<FetchResponse> waiting = _bench.AskAsync(request, 12);
        await Eventually.HoldsAsync(() => _partitions[0].Waiters == 1);
        Assert.Equal(ErrorCode.None, (await AskAsync(12, session, 2)).ErrorCode);
        _partitions[0].Append(30);
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, (await waiting).ErrorCode);
        Tells(await AskAsync(12, session, 3), 0);
    }

    [Fact]
    public async Task A_session_has_no_more_partitions_than_a_request_may_name()
    {
        int session = (await AskAsync(12, 0, 0, (0, 0), (1, 0), (2, 0))).SessionId;
        Assert.Equal(ErrorCode.InvalidRequest, (await AskAsync(12, session, 1, (3, 0))).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await AskAsync(12, session, 2)).ErrorCode);
    }

    [Fact]
    public async Task Without_room_there_is_no_session()
    {
        using var bench = new HandlerBench("--max.incremental.fetch.session.cache.slots=0");
        TopicImage topic = bench.Cluster.AddTopic("orders", 1);
        bench.Partitions.Host(topic, 0).Append(100);
        FetchResponse full = await bench.AskAsync(Request(12, 0, 0, (0, 0)), 12);
        Assert.Equal((0, 100), (full.SessionId, full.Responses[0].Partitions[0].Records.Length));
    }

    [Fact]
    public void Epochs_begin_again_behind_the_first()
    {
        Assert.Equal(2, FetchSession.EpochAfter(1));
        Assert.Equal(1, FetchSession.EpochAfter(int.MaxValue));
    }

    private static void Tells(FetchResponse response, params int[] partitions) => Assert.Equal(
        partitions, response.Responses.SelectMany(each => each.Partitions).Select(told => told.PartitionIndex));

    private Task<FetchResponse> AskAsync(
        short version, int session, int epoch, params (int Partition, long Offset)[] positions) =>
        _bench.AskAsync(Request(version, session, epoch, positions), version);

    private Task<FetchResponse> AskAsync(FetchRequest request, short version) => _bench.AskAsync(request, version);

    private FetchRequest Forgetting(short version, int session, int epoch, int partition)
    {
        FetchRequest request = Request(version, session, epoch);
        FetchRequest.ForgottenTopic forgotten = request.ForgottenTopicsData.Add();
        forgotten.Topic = _topic.Name;
        forgotten.Partitions.Add(partition);
        return request;
    }

    private FetchRequest Request(
        short version, int session, int epoch, params (int Partition, long Offset)[] positions)
    {
        var request = new FetchRequest { MinBytes = 1, MaxBytes = 1 << 20, SessionId = session, SessionEpoch = epoch };
        if (positions.Length == 0)
            return request;

        FetchRequest.FetchTopic topic = request.Topics.Add();
        (topic.Topic, topic.TopicId) = version < 13 ? (_topic.Name, default) : ("", _topic.Id);
        foreach ((int partition, long offset) in positions)
        {
            FetchRequest.FetchPartition wanted = topic.Partitions.Add();
            (wanted.Partition, wanted.FetchOffset, wanted.PartitionMaxBytes) = (partition, offset, 1 << 20);
        }

        return request;
    }
}
