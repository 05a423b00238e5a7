using Broker.Model;

namespace Broker.Client;

/// <summary>A record as it stands in its partition.</summary>
public sealed record ConsumedRecord(
    TopicPartition Partition,
    Offset Offset,
    DateTimeOffset Timestamp,
    byte[]? Key,
    byte[]? Value,
    IReadOnlyList<KeyValuePair<string, byte[]?>> Headers);
