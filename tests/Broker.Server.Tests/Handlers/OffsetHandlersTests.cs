using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Handlers;

/// <summary>ListOffsets and OffsetForLeaderEpoch.</summary>
public sealed class OffsetHandlersTests : IDisposable
{
    private readonly HandlerBench _bench = new();
    private readonly FakePartition _partition;

    public OffsetHandlersTests()
    {
        TopicImage topic = _bench.Cluster.AddTopic("orders", 2);
        _partition = _bench.Partitions.Host(topic, 0);
        _partition.LookUp = new OffsetOutcome(PartitionFault.None, 1234, new Offset(56), new Term(5));
    }

    public static TheoryData<short> Versions => [.. Enumerable.Range(1, 9).Select(version => (short)version)];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_offset_is_found_in_every_version(short version)
    {
        ListOffsetsResponse.ListOffsetsPartitionResponse answer = await ListAsync(0, 1000, version);
        Assert.Equal((ErrorCode.None, 1234L, 56L), (answer.ErrorCode, answer.Timestamp, answer.Offset));
        Assert.Equal(version >= 4 ? 5 : -1, answer.LeaderEpoch);
    }

    [Theory]
    [InlineData(-1, 1, true)]
    [InlineData(-2, 1, true)]
    [InlineData(-3, 6, false)]
    [InlineData(-3, 7, true)]
    [InlineData(-4, 7, false)]
    [InlineData(-4, 8, true)]
    [InlineData(-5, 8, false)]
    [InlineData(-5, 9, true)]
    [InlineData(-6, 9, false)]
    public async Task A_place_is_looked_up_where_the_version_knows_it(long place, short version, bool known)
    {
        ListOffsetsResponse.ListOffsetsPartitionResponse answer = await ListAsync(0, place, version);
        Assert.Equal(known ? ErrorCode.None : ErrorCode.UnsupportedVersion, answer.ErrorCode);
        Assert.Equal(known ? [place] : [], _partition.LookedUp);
    }

    [Theory]
    [InlineData(4, ErrorCode.LeaderNotAvailable)]
    [InlineData(5, ErrorCode.OffsetNotAvailable)]
    public async Task A_fresh_leader_says_that_it_does_not_know_yet(short version, ErrorCode code)
    {
        _partition.LookUp = new OffsetOutcome(PartitionFault.LeaderNotReady, -1, new Offset(-1), new Term(-1));
        Assert.Equal(code, (await ListAsync(0, -1, version)).ErrorCode);
    }

    [Fact]
    public async Task A_partition_that_is_elsewhere_or_nowhere_is_said_to_be()
    {
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await ListAsync(1, -1, 7)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await ListAsync(5, -1, 7)).ErrorCode);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_end_of_an_epoch_is_told(short version)
    {
        _partition.EpochEnd = new EpochEndOutcome(PartitionFault.None, new EpochEnd(new Term(4), new Offset(99)));
        OffsetForLeaderEpochResponse.EpochEndOffset answer = await EndOfEpochAsync(0, version);
        Assert.Equal((ErrorCode.None, 4, 99L), (answer.ErrorCode, answer.LeaderEpoch, answer.EndOffset));
    }

    [Theory]
    [InlineData(PartitionFault.FencedEpoch, ErrorCode.FencedLeaderEpoch)]
    [InlineData(PartitionFault.UnknownEpoch, ErrorCode.UnknownLeaderEpoch)]
    [InlineData(PartitionFault.NotLeader, ErrorCode.NotLeaderOrFollower)]
    public async Task An_epoch_that_cannot_be_answered_is_refused(PartitionFault fault, ErrorCode code)
    {
        _partition.EpochEnd = new EpochEndOutcome(fault, new EpochEnd(new Term(-1), new Offset(-1)));
        Assert.Equal(code, (await EndOfEpochAsync(0, 4)).ErrorCode);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await EndOfEpochAsync(1, 4)).ErrorCode);
    }

    private async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> ListAsync(
        int partition, long timestamp, short version)
    {
        var request = new ListOffsetsRequest();
        ListOffsetsRequest.ListOffsetsTopic topic = request.Topics.Add();
        topic.Name = "orders";
        ListOffsetsRequest.ListOffsetsPartition wanted = topic.Partitions.Add();
        (wanted.PartitionIndex, wanted.Timestamp) = (partition, timestamp);
        return (await _bench.AskAsync(request, version)).Topics[0].Partitions[0];
    }

    private async Task<OffsetForLeaderEpochResponse.EpochEndOffset> EndOfEpochAsync(int partition, short version)
    {
        var request = new OffsetForLeaderEpochRequest();
        OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic = request.Topics.Add();
        topic.Topic = "orders";
        OffsetForLeaderEpochRequest.OffsetForLeaderPartition wanted = topic.Partitions.Add();
        (wanted.Partition, wanted.LeaderEpoch) = (partition, 4);
        return (await _bench.AskAsync(request, version)).Topics[0].Partitions[0];
    }
}
