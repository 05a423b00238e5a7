using Broker.Metadata;
using Broker.Protocol;
using Broker.Server.Groups;

namespace Broker.Server.Handlers.Groups;

/// <summary>Whether an offset can be committed, whoever commits it and by which request.</summary>
internal static class OffsetCheck
{
    public static ErrorCode Of(TopicImage? topic, int partition, string? metadata, OffsetOptions options)
    {
        if (topic is null || (uint)partition >= (uint)topic.Partitions.Count)
            return ErrorCode.UnknownTopicOrPartition;
        return metadata?.Length > options.MaxMetadataLength ? ErrorCode.OffsetMetadataTooLarge : ErrorCode.None;
    }
}
