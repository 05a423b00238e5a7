using Broker.Model;
using Broker.Protocol.Messages;

namespace Broker.Server.Handlers.Fetching;

/// <summary>A partition as a client calls it: by its topic's name up to version 12, by its id from 13 on.</summary>
internal readonly record struct FetchKey(string Name, TopicId Topic, int Index)
{
    public static FetchKey Of(FetchRequest.FetchTopic topic, FetchRequest.FetchPartition partition) =>
        new(topic.Topic, topic.TopicId, partition.Partition);

    public bool IsOfSameTopic(in FetchKey other) => Topic == other.Topic && Name == other.Name;
}
