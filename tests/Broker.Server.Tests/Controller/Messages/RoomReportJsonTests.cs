using System.Text;
using System.Text.Json;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Messages;
using Xunit;

namespace Broker.Server.Tests.Controller.Messages;

public sealed class RoomReportJsonTests
{
    [Fact]
    public void A_report_comes_as_it_was_sent()
    {
        var random = new Random(1);
        TopicId[] topics = [TopicId.New(random), TopicId.New(random)];
        var report = new RoomReport(5_000_000_000, new Dictionary<PartitionId, long>
        {
            [new PartitionId(topics[0], 7)] = 1,
            [new PartitionId(topics[1], 0)] = long.MaxValue,
            [new PartitionId(topics[0], 0)] = 0,
        });
        RoomReport received = RoomReportJson.Decode(RoomReportJson.Encode(report));
        Assert.Equal(report.Room, received.Room);
        Assert.Equal(
            report.Replicas.OrderBy(replica => replica.Key), received.Replicas.OrderBy(replica => replica.Key));
        Assert.Empty(RoomReportJson.Decode(RoomReportJson.Encode(report with
        {
            Replicas = new Dictionary<PartitionId, long>(),
        })).Replicas);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "Room": 1, "Topics": [null] }""")]
    [InlineData("""{ "Room": 1, "Topics": [{ "Partitions": [0, 1], "Bytes": [5] }] }""")]
    [InlineData("""{ "Room": 1, "Topics": [{ "Id": "no id", "Partitions": [], "Bytes": [] }] }""")]
    public void What_is_no_report_is_refused(string text) =>
        Assert.ThrowsAny<JsonException>(() => RoomReportJson.Decode(Encoding.UTF8.GetBytes(text)));
}
