using System.Text.Json;
using System.Text.Json.Serialization;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller.Messages;

/// <summary>A room report as it travels: by topic, since a broker may have many thousands of replicas.</summary>
[JsonSerializable(typeof(RoomMessage))]
internal sealed partial class RoomReportJson : JsonSerializerContext
{
    public static byte[] Encode(RoomReport report) => JsonSerializer.SerializeToUtf8Bytes(
        new RoomMessage(
            report.Room,
            [
                .. report.Replicas.OrderBy(replica => replica.Key).GroupBy(replica => replica.Key.Topic).Select(
                    topic => new RoomMessageTopic(
                        topic.Key.Value,
                        [.. topic.Select(replica => replica.Key.Index)],
                        [.. topic.Select(replica => replica.Value)])),
            ]),
        Default.RoomMessage);

    /// <exception cref="JsonException">The bytes are no report.</exception>
    public static RoomReport Decode(ReadOnlySpan<byte> bytes)
    {
        if (JsonSerializer.Deserialize(bytes, Default.RoomMessage) is not { Topics: { } topics } told)
            throw new JsonException("An empty report.");

        Dictionary<PartitionId, long> replicas = [];
        foreach (RoomMessageTopic? topic in topics)
        {
            if (topic is not { Partitions: { } partitions, Bytes: { } bytesOf } || partitions.Length != bytesOf.Length)
                throw new JsonException("A topic without its partitions' sizes.");
            for (int i = 0; i < partitions.Length; i++)
                replicas[new PartitionId(new TopicId(topic.Id), partitions[i])] = bytesOf[i];
        }

        return new RoomReport(told.Room, replicas);
    }
}
