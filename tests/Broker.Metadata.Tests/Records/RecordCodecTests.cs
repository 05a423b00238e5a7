using System.Buffers;
using System.Collections.Immutable;
using FsCheck.Xunit;
using MessagePack;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class RecordCodecTests
{
    [Fact]
    public void Every_kind_is_read_back_as_it_was_written()
    {
        MetadataRecord[] records =
        [
            new ClusterCreated(Cluster.Id, 1),
            Cluster.Broker(1, "rack"),
            new BrokerFenced(new(1), new(Guid.NewGuid())),
            new BrokerUnfenced(new(1), new(Guid.NewGuid())),
            new TopicCreated(Cluster.Topic(1), "t", [Cluster.Ids(1, 2), Cluster.Ids(2)], Config("retention.ms", "5")),
            new TopicDeleted(Cluster.Topic(1)),
            new PartitionsAdded(Cluster.Topic(1), 2, [Cluster.Ids(3)]),
            new LeadershipReported([Cluster.Report(1, 0, 4, 1, 1, 2)]),
            new ProducerIdsAllocated(new(1), 0, 1000),
            new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 2, Cluster.Ids(3, 1))]),
            new ReassignmentsFinished([new FinishedMove(Cluster.Topic(1), 2, 77)]),
            new FeatureLevelRaised(2),
            new BrokerDraining(new(3), true),
            new TopicConfigsChanged(Cluster.Topic(1), Config("retention.ms", "7")),
        ];
        byte[] bytes = RecordCodec.Encode(records);
        IReadOnlyList<MetadataRecord> back = RecordCodec.Decode(new ReadOnlySequence<byte>(bytes));
        Assert.Equal(records.Select(record => record.GetType()), back.Select(record => record.GetType()));
        Assert.Equal(bytes, RecordCodec.Encode(back));
        Assert.Equal(
            typeof(MetadataRecord).Assembly.GetTypes().Where(type => type.BaseType == typeof(MetadataRecord)).Count(),
            records.Length);
    }

    [Fact]
    public void A_kind_from_the_future_is_refused_by_name_not_skipped()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(1);
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(2);
        writer.Write(77);
        writer.WriteNil();
        writer.Flush();
        var e = Assert.Throws<NewerVersionException>(
            () => RecordCodec.Decode(new ReadOnlySequence<byte>(buffer.WrittenMemory)));
        Assert.Contains("kind 77", e.Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    public void Damaged_bytes_give_one_kind_of_error(byte[] noise, byte at)
    {
        byte[] bytes = RecordCodec.Encode(
            [Cluster.Broker(1, "rack"), new LeadershipReported([Cluster.Report(1, 0, 4, 1, 1)])]);
        for (int i = 0; i < noise.Length; i++)
        {
            bytes[(at + i) % bytes.Length] = noise[i];
        }

        try
        {
            RecordCodec.Decode(new ReadOnlySequence<byte>(bytes));
        }
        catch (MetadataRecordException)
        {
        }
    }

    private static ImmutableSortedDictionary<string, string> Config(string name, string value) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(name, value);
}
