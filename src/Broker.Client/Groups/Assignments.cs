using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Groups;

/// <summary>What leaders of groups of consumers hand to each member, as they write it for one another.</summary>
internal static class Assignments
{
    public const string ProtocolType = "consumer";

    // What later versions add stands behind what this one knows.
    private const short Newest = 3;

    /// <summary>By topic and partition; null if the bytes are something else.</summary>
    public static IReadOnlyList<TopicPartition>? Read(string protocolType, ReadOnlyMemory<byte> bytes)
    {
        if (protocolType != ProtocolType)
        {
            return null;
        }

        if (bytes.IsEmpty)
        {
            return [];
        }

        ConsumerProtocolAssignment assignment = new();
        try
        {
            ProtocolReader reader = new(bytes);
            short version = reader.ReadInt16();
            if (version < 0)
            {
                return null;
            }

            assignment.Read(ref reader, Math.Min(version, Newest));
        }
        catch (ProtocolException)
        {
            return null;
        }

        return
        [
            .. from topic in assignment.AssignedPartitions.OrderBy(topic => topic.Topic, StringComparer.Ordinal)
               from partition in topic.Partitions.Order()
               select new TopicPartition(topic.Topic, partition),
        ];
    }
}
