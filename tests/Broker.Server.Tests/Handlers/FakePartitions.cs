using Broker.Metadata;
using Broker.Model;
using Broker.Server.Partitions;

namespace Broker.Server.Tests.Handlers;

internal sealed class FakePartitions : IPartitions
{
    private readonly Dictionary<PartitionId, FakePartition> _hosted = [];

    public FakePartition Host(TopicImage topic, int index)
    {
        var partition = new FakePartition(new PartitionId(topic.Id, index));
        _hosted.Add(partition.Id, partition);
        return partition;
    }

    public IPartition? Find(in PartitionId id) => _hosted.GetValueOrDefault(id);

    public IReadOnlyList<IPartition> All() => [.. _hosted.Values.OrderBy(partition => partition.Id)];
}
