using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>One partition's leader, as that leader says.</summary>
[MessagePackObject]
public sealed record LeadershipReport(
    [property: Key(0)] TopicId Topic,
    [property: Key(1)] int Partition,
    [property: Key(2)] Term Term,
    [property: Key(3)] BrokerId Leader,
    [property: Key(4)] ImmutableArray<BrokerId> InSync);
