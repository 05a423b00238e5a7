using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>These are the configs that are set on a topic now, all of them: whatever was set before is gone.</summary>
[MessagePackObject]
public sealed record TopicConfigsChanged(
    [property: Key(0)] TopicId Topic,
    [property: Key(1)] ImmutableSortedDictionary<string, string> Configs) : MetadataRecord
{
    [IgnoreMember]
    public override int RequiredLevel => FeatureLevel.TopicConfigs;
}
