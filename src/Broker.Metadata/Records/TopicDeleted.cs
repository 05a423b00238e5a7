using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A topic is gone. This is the only thing that lets a broker delete its data.</summary>
[MessagePackObject]
public sealed record TopicDeleted([property: Key(0)] TopicId Topic) : MetadataRecord;
