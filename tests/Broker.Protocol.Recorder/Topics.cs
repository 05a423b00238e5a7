using Broker.Model;
using Broker.Protocol.Messages;
using Broker.Protocol.Records;

namespace Broker.Protocol.Recorder;

/// <summary>Topics that appear when they are named, with batches in memory.</summary>
internal sealed class Topics
{
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly Random _random = new(1);

    public IEnumerable<string> Names => _topics.Keys;

    public string NameOf(TopicId id) => _topics.First(topic => topic.Value.Id == id).Key;

    public void Describe(string name, BrokerId leader, MetadataResponse.MetadataResponseTopic answer)
    {
        Topic topic = Of(name);
        (answer.Name, answer.TopicId) = (name, topic.Id);
        for (int i = 0; i < topic.Partitions.Count; i++)
        {
            MetadataResponse.MetadataResponsePartition partition = answer.Partitions.Add();
            (partition.PartitionIndex, partition.LeaderId, partition.LeaderEpoch) = (i, leader, 3);
            partition.ReplicaNodes.Add(leader);
            partition.IsrNodes.Add(leader);
        }
    }

    public ProduceResponse? Append(ProduceRequest request)
    {
        var response = new ProduceResponse();
        foreach (ProduceRequest.TopicProduceData data in request.TopicData)
        {
            ProduceResponse.TopicProduceResponse topic = response.Responses.Add();
            topic.Name = data.Name;
            foreach (ProduceRequest.PartitionProduceData part in data.PartitionData)
            {
                ProduceResponse.PartitionProduceResponse answer = topic.PartitionResponses.Add();
                answer.Index = part.Index;
                answer.BaseOffset = Of(data.Name).Partitions[part.Index].Append(part.Records.Memory.ToArray());
            }
        }

        return request.Acks == 0 ? null : response;
    }

    public FetchResponse Read(FetchRequest request)
    {
        var response = new FetchResponse();
        foreach (FetchRequest.FetchTopic asked in request.Topics)
        {
            string name = asked.Topic.Length > 0 ? asked.Topic : NameOf(asked.TopicId);
            FetchResponse.FetchableTopicResponse topic = response.Responses.Add();
            (topic.Topic, topic.TopicId) = (name, asked.TopicId);
            foreach (FetchRequest.FetchPartition part in asked.Partitions)
            {
                Partition partition = Of(name).Partitions[part.Partition];
                FetchResponse.PartitionData answer = topic.Partitions.Add();
                (answer.PartitionIndex, answer.Records) = (part.Partition, partition.From(part.FetchOffset));
                answer.HighWatermark = answer.LastStableOffset = partition.End;
                answer.LogStartOffset = 0;
            }
        }

        return response;
    }

    public ListOffsetsResponse List(ListOffsetsRequest request)
    {
        var response = new ListOffsetsResponse();
        foreach (ListOffsetsRequest.ListOffsetsTopic asked in request.Topics)
        {
            ListOffsetsResponse.ListOffsetsTopicResponse topic = response.Topics.Add();
            topic.Name = asked.Name;
            foreach (ListOffsetsRequest.ListOffsetsPartition part in asked.Partitions)
            {
                Partition partition = Of(asked.Name).Partitions[part.PartitionIndex];
                ListOffsetsResponse.ListOffsetsPartitionResponse answer = topic.Partitions.Add();
                (answer.PartitionIndex, answer.LeaderEpoch) = (part.PartitionIndex, 3);
                answer.Offset = part.Timestamp == -1 ? partition.End : 0;
            }
        }

        return response;
    }

    public CreateTopicsResponse Create(CreateTopicsRequest request)
    {
        var response = new CreateTopicsResponse();
        foreach (CreateTopicsRequest.CreatableTopic wish in request.Topics)
        {
            Topic topic = Of(wish.Name);
            topic.Grow(Math.Max(wish.NumPartitions, wish.Assignments.Count));
            CreateTopicsResponse.CreatableTopicResult result = response.Topics.Add();
            (result.Name, result.TopicId) = (wish.Name, topic.Id);
            (result.NumPartitions, result.ReplicationFactor) = (topic.Partitions.Count, 1);
        }

        return response;
    }

    public DeleteTopicsResponse Delete(DeleteTopicsRequest request)
    {
        var response = new DeleteTopicsResponse();
        foreach (string? name in request.TopicNames.Concat(request.Topics.Select(topic => topic.Name)))
        {
            _topics.Remove(name!);
            response.Responses.Add().Name = name;
        }

        return response;
    }

    public CreatePartitionsResponse Grow(CreatePartitionsRequest request)
    {
        var response = new CreatePartitionsResponse();
        foreach (CreatePartitionsRequest.CreatePartitionsTopic wish in request.Topics)
        {
            Of(wish.Name).Grow(wish.Count);
            response.Results.Add().Name = wish.Name;
        }

        return response;
    }

    public OffsetForLeaderEpochResponse EndOfEpochs(OffsetForLeaderEpochRequest request)
    {
        var response = new OffsetForLeaderEpochResponse();
        foreach (OffsetForLeaderEpochRequest.OffsetForLeaderTopic asked in request.Topics)
        {
            OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult topic = response.Topics.Add();
            topic.Topic = asked.Topic;
            foreach (OffsetForLeaderEpochRequest.OffsetForLeaderPartition part in asked.Partitions)
            {
                OffsetForLeaderEpochResponse.EpochEndOffset answer = topic.Partitions.Add();
                (answer.Partition, answer.LeaderEpoch) = (part.Partition, part.LeaderEpoch);
                answer.EndOffset = Of(asked.Topic).Partitions[part.Partition].End;
            }
        }

        return response;
    }

    private Topic Of(string name)
    {
        if (!_topics.TryGetValue(name, out Topic? topic))
            _topics[name] = topic = new Topic(TopicId.New(_random));
        return topic;
    }

    private sealed class Topic(TopicId id)
    {
        public TopicId Id { get; } = id;

        public List<Partition> Partitions { get; } = [new Partition()];

        public void Grow(int count)
        {
            while (Partitions.Count < count)
                Partitions.Add(new Partition());
        }
    }

    private sealed class Partition
    {
        private readonly List<(long First, byte[] Batch)> _batches = [];

        public long End { get; private set; }

        public long Append(byte[] batch)
        {
            RecordBatchStamp.Stamp(batch, new Offset(End), new Term(3));
            _batches.Add((End, batch));
            (long first, End) = (End, RecordBatchHeader.Read(batch).NextOffset.Value);
            return first;
        }

        public RecordBytes From(long offset) =>
            new([.. _batches.Where(batch => RecordBatchHeader.Read(batch.Batch).NextOffset.Value > offset)
                .Select(batch => (ReadOnlyMemory<byte>)batch.Batch)]);
    }
}
