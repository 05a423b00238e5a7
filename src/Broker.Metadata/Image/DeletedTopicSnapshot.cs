using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A deleted topic's part of an <see cref="ImageSnapshot"/>.</summary>
[MessagePackObject]
public readonly record struct DeletedTopicSnapshot([property: Key(0)] TopicId Topic, [property: Key(1)] long At);
