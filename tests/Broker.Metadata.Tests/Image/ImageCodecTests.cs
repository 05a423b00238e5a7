using System.Buffers;
using System.Collections.Immutable;
using Broker.Model;
using MessagePack;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class ImageCodecTests
{
    [Fact]
    public void A_snapshot_of_the_first_level_is_still_read()
    {
        ClusterImage image = ClusterImage.Empty.Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Oldest)], 1)
            .Then(Cluster.Broker(1)).Then(Cluster.Broker(2))
            .Then(new TopicCreated(
                Cluster.Topic(1), "t", [Cluster.Ids(2, 1)], ImmutableSortedDictionary<string, string>.Empty))
            .Then(new LeadershipReported([Cluster.Report(1, 0, 4, 2, 1, 2)]));
        byte[] bytes = AsFirstLevelWrote(ImageCodec.Encode(image));
        ClusterImage read = ImageCodec.Decode(new ReadOnlySequence<byte>(bytes));
        PartitionImage partition = read.Topics["t"].Partitions[0];
        Assert.Equal(Cluster.Ids(2, 1), partition.Replicas);
        Assert.Equal(new BrokerId(2), partition.Leader);
        Assert.Equal(image.Topics["t"].Partitions[0].CreatedAt, partition.CreatedAt);
        Assert.Null(partition.Reassignment);
        Assert.Empty(partition.Removed);
        Assert.Empty(partition.Later);
        Assert.Empty(partition.Removing);
        Assert.DoesNotContain(read.Brokers.Values, broker => broker.IsDraining);
    }

    // Of a broker three members, of a partition five.
    private static byte[] AsFirstLevelWrote(byte[] bytes)
    {
        object?[] snapshot = MessagePackSerializer.Deserialize<object?[]>(bytes);
        object?[] brokers = (object?[])snapshot[4]!;
        for (int i = 0; i < brokers.Length; i++)
        {
            object?[] members = (object?[])brokers[i]!;
            Assert.Equal(4, members.Length);
            brokers[i] = members[..3];
        }

        foreach (object? topic in (object?[])snapshot[5]!)
        {
            object?[] partitions = (object?[])((object?[])topic!)[2]!;
            for (int i = 0; i < partitions.Length; i++)
            {
                object?[] members = (object?[])partitions[i]!;
                Assert.Equal(8, members.Length);
                partitions[i] = members[..5];
            }
        }

        return MessagePackSerializer.Serialize(snapshot);
    }
}
