using Broker.Model;
using Broker.Server.Groups.Log;

namespace Broker.Server.Groups;

/// <summary>What a group has of a partition.</summary>
/// <param name="Offset">Null for none.</param>
/// <param name="IsPending">A transaction that is open may bring another one.</param>
internal readonly record struct FetchedOffset(TopicPartition Partition, CommittedOffset? Offset, bool IsPending);
