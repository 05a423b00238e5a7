using Broker.Model;

namespace Broker.Server.Groups.Log;

/// <param name="Offset">Null: the group has none any more.</param>
internal sealed record OffsetRecord(string Group, TopicPartition Partition, CommittedOffset? Offset)
    : GroupRecord(Group);
