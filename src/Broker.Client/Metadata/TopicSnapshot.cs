using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Client.Metadata;

/// <summary>A topic's identity and the leaders of its partitions, by index.</summary>
internal sealed record TopicSnapshot(string Name, TopicId Id, ImmutableArray<PartitionLeader> Leaders);
