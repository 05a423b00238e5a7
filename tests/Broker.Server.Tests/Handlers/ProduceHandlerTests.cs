using System.Text;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Network;
using Broker.Server.Network.Frames;
using Broker.Server.Partitions;
using Broker.Storage;
using Xunit;
using PartitionAnswer = Broker.Protocol.Messages.ProduceResponse.PartitionProduceResponse;

namespace Broker.Server.Tests.Handlers;

public sealed class ProduceHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new("--request.max.partitions=3");
    private readonly TopicImage _topic;
    private readonly FakePartition _partition;

    public ProduceHandlerTests()
    {
        _topic = _bench.Cluster.AddTopic("orders", 3);
        _partition = _bench.Partitions.Host(_topic, 0);
    }

    public static TheoryData<short> Served => [.. Enumerable.Range(3, 10).Select(version => (short)version)];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Served))]
    public async Task A_batch_comes_to_its_partition_byte_for_byte_and_its_offset_to_the_client(short version)
    {
        PartitionAnswer answer = One(await _bench.AskAsync(Producing(-1, (0, "batch")), version));
        Assert.Equal((ErrorCode.None, 40L), (answer.ErrorCode, answer.BaseOffset));
        Assert.Equal(version >= 5 ? -1 : 0, answer.LogStartOffset + (version >= 5 ? 0 : 1));
        (byte[] batch, short acks, ProduceBatch where) = Assert.Single(_partition.Produced);
        Assert.Equal("batch", Encoding.ASCII.GetString(batch));
        Assert.Equal(-1, acks);
        Assert.True(where.Exclusive && where.Start >= EntryFrame.HeaderSize);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_oldest_versions_are_refused_in_the_body(short version)
    {
        PartitionAnswer answer = One(await _bench.AskAsync(Producing(-1, (0, "batch")), version));
        Assert.Equal(ErrorCode.UnsupportedVersion, answer.ErrorCode);
        Assert.Empty(_partition.Produced);
    }

    [Fact]
    public async Task Each_partition_is_answered_for_itself_and_in_order()
    {
        FakePartition second = _bench.Partitions.Host(_topic, 2);
        second.Outcome = new ProduceOutcome(PartitionFault.InvalidRecord) { Message = "bad", BadRecord = 3 };
        ProduceResponse response = await _bench.AskAsync(Producing(-1, (0, "a"), (1, "b"), (2, "c")), 9);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.NotLeaderOrFollower, ErrorCode.InvalidRecord],
            response.Responses[0].PartitionResponses.Select(answer => answer.ErrorCode));
        PartitionAnswer bad = response.Responses[0].PartitionResponses[2];
        Assert.Equal(("bad", 3), (bad.ErrorMessage, bad.RecordErrors[0].BatchIndex));
        Assert.False(second.Produced[0].Where.Exclusive);
    }

    [Theory]
    [InlineData(PartitionFault.NotLeader, ErrorCode.NotLeaderOrFollower)]
    [InlineData(PartitionFault.Stopping, ErrorCode.NotLeaderOrFollower)]
    [InlineData(PartitionFault.TimedOut, ErrorCode.RequestTimedOut)]
    [InlineData(PartitionFault.NotEnoughReplicas, ErrorCode.NotEnoughReplicas)]
    [InlineData(PartitionFault.NotEnoughReplicasAfterAppend, ErrorCode.NotEnoughReplicasAfterAppend)]
    [InlineData(PartitionFault.Storage, ErrorCode.KafkaStorageError)]
    [InlineData(PartitionFault.CorruptBatch, ErrorCode.CorruptMessage)]
    [InlineData(PartitionFault.BatchTooLarge, ErrorCode.MessageTooLarge)]
    [InlineData(PartitionFault.OutOfOrderSequence, ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(PartitionFault.InvalidProducerEpoch, ErrorCode.InvalidProducerEpoch)]
    [InlineData(PartitionFault.UnknownProducer, ErrorCode.UnknownProducerId)]
    [InlineData(PartitionFault.Unsupported, ErrorCode.UnsupportedForMessageFormat)]
    public async Task A_fault_becomes_its_error_code_with_a_message(PartitionFault fault, ErrorCode code)
    {
        _partition.Outcome = new ProduceOutcome(fault);
        PartitionAnswer answer = One(await _bench.AskAsync(Producing(-1, (0, "batch")), 12));
        Assert.Equal((code, -1L), (answer.ErrorCode, answer.BaseOffset));
        Assert.NotEmpty(answer.ErrorMessage!);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public async Task A_client_at_the_wrong_broker_hears_who_leads_and_where(short version, bool hears)
    {
        _partition.Outcome = new ProduceOutcome(PartitionFault.NotLeader);
        _bench.Cluster.Overlay(_topic, 0, leader: 3, epoch: 8);
        ProduceResponse response = await _bench.AskAsync(Producing(-1, (0, "batch")), version);
        PartitionAnswer answer = One(response);
        Assert.Equal(hears, answer.CurrentLeader is not null);
        if (hears)
        {
            ProduceResponse.NodeEndpoint node = Assert.Single(response.NodeEndpoints);
            Assert.Equal((3, 8), (answer.CurrentLeader!.LeaderId.Value, answer.CurrentLeader.LeaderEpoch));
            Assert.Equal((3, "broker-3", 9092, "rack-3"), (node.NodeId.Value, node.Host, node.Port, node.Rack!));
        }
    }

    [Fact]
    public async Task A_dead_leader_is_no_hint()
    {
        _partition.Outcome = new ProduceOutcome(PartitionFault.NotLeader);
        _bench.Cluster.Kill(1);
        ProduceResponse response = await _bench.AskAsync(Producing(-1, (0, "batch")), 12);
        Assert.Null(One(response).CurrentLeader);
        Assert.Empty(response.NodeEndpoints);
    }

    [Fact]
    public async Task What_cannot_be_produced_at_all_is_refused_for_every_partition()
    {
        Assert.Equal(ErrorCode.InvalidRequiredAcks, One(await _bench.AskAsync(Producing(2, (0, "b")), 9)).ErrorCode);
        ProduceRequest transactional = Producing(-1, (0, "b"));
        transactional.TransactionalId = "tx";
        Assert.Equal(ErrorCode.InvalidTxnState, One(await _bench.AskAsync(transactional, 9)).ErrorCode);
        ProduceRequest many = Producing(-1, (0, "a"), (1, "b"), (2, "c"), (0, "d"));
        ProduceResponse tooMany = await _bench.AskAsync(many, 9);
        Assert.Equal(ErrorCode.InvalidRequest, tooMany.Responses[3].PartitionResponses[0].ErrorCode);
        Assert.Empty(_partition.Produced);
    }

    [Fact]
    public async Task Unknown_topics_and_partitions_and_empty_batches_are_named()
    {
        PartitionAnswer nowhere = One(await _bench.AskAsync(Producing(-1, (7, "b")), 9));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, nowhere.ErrorCode);
        Assert.Equal(ErrorCode.InvalidRecord, One(await _bench.AskAsync(Producing(-1, (0, "")), 9)).ErrorCode);
        ProduceRequest unknown = Producing(-1, (0, "b"));
        unknown.TopicData[0].Name = "missing";
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, One(await _bench.AskAsync(unknown, 9)).ErrorCode);
    }

    [Fact]
    public async Task Without_acks_nothing_is_answered_and_an_error_closes_the_connection()
    {
        Assert.Null(await _bench.TryAskAsync(Producing(0, (0, "batch")), 9));
        Assert.Equal(1, _partition.Produced[0].Acks);
        _partition.Outcome = new ProduceOutcome(PartitionFault.NotLeader);
        await Assert.ThrowsAsync<ClientLostException>(() => _bench.TryAskAsync(Producing(0, (0, "batch")), 9));
    }

    [Fact]
    public async Task The_next_request_begins_once_the_batch_is_queued_and_answers_keep_their_order()
    {
        _partition.Outcome = null;
        ClientSession session = _bench.Session;
        await session.BeginAsync(HandlerBench.FrameOf(Producing(-1, (0, "first")), 9, 1));
        await session.BeginAsync(HandlerBench.FrameOf(Producing(-1, (0, "second")), 9, 2));
        await session.BeginAsync(HandlerBench.FrameOf(new ApiVersionsRequest(), 0, 3));
        Assert.Equal(["first", "second"], _partition.Produced.Select(each => Encoding.ASCII.GetString(each.Batch)));
        Assert.False(session.TryNext(out _));
        _partition.Open[1].SetResult(new ProduceOutcome(PartitionFault.None));
        _partition.Open[0].SetResult(new ProduceOutcome(PartitionFault.None));
        for (int correlation = 1; correlation <= 3; correlation++)
        {
            ResponseFrame response = (await session.NextAsync())!;
            Assert.Equal(correlation, response.Writer.ToArray()[7]);
            session.Sent(response);
        }
    }

    private static PartitionAnswer One(ProduceResponse response) =>
        Assert.Single(Assert.Single(response.Responses).PartitionResponses);

    private static ProduceRequest Producing(short acks, params (int Partition, string Batch)[] batches)
    {
        var request = new ProduceRequest { Acks = acks, TimeoutMs = 1000 };
        ProduceRequest.TopicProduceData topic = request.TopicData.Add();
        topic.Name = "orders";
        foreach ((int partition, string batch) in batches)
        {
            ProduceRequest.PartitionProduceData data = topic.PartitionData.Add();
            (data.Index, data.Records) = (partition, Encoding.ASCII.GetBytes(batch));
        }

        return request;
    }
}
