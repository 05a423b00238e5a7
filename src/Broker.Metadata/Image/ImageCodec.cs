using System.Buffers;
using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>The image as bytes, for snapshots. The same image always gives the same bytes.</summary>
public static class ImageCodec
{
    private const int FormatVersion = 1;

    public static byte[] Encode(ClusterImage image)
    {
        var snapshot = new ImageSnapshot(
            FormatVersion,
            image.Index,
            image.ClusterId,
            image.Level,
            [.. image.Brokers.Values],
            [.. image.Topics.Values.Select(ToSnapshot)],
            [.. image.DeletedTopics.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key.Value)
                .Select(pair => new DeletedTopicSnapshot(pair.Key, pair.Value))],
            image.NextProducerId);
        return MessagePackSerializer.Serialize(snapshot, MetadataEncoding.Options);
    }

    /// <exception cref="MetadataRecordException">The bytes are damaged, or of a newer version than this.</exception>
    public static ClusterImage Decode(in ReadOnlySequence<byte> bytes)
    {
        try
        {
            var snapshot = MessagePackSerializer.Deserialize<ImageSnapshot>(bytes, MetadataEncoding.Options);
            return snapshot.Format == FormatVersion && snapshot.Level <= FeatureLevel.Newest
                ? FromSnapshot(snapshot)
                : throw new NewerVersionException(
                    $"A metadata snapshot of format {snapshot.Format} and feature level {snapshot.Level} was written "
                    + $"by a newer version: this one knows format {FormatVersion} and levels to "
                    + $"{FeatureLevel.Newest} only; update this broker.");
        }
        catch (Exception e)
            when (e is MessagePackSerializationException or EndOfStreamException or ArgumentException)
        {
            throw new MetadataRecordException("A metadata snapshot can't be read: its bytes are damaged.", e);
        }
    }

    private static TopicSnapshot ToSnapshot(TopicImage topic) =>
        new(topic.Id, topic.Name, [.. topic.Partitions], topic.Configs);

    private static ClusterImage FromSnapshot(ImageSnapshot snapshot) =>
        new ClusterImage
        {
            Index = snapshot.Index,
            ClusterId = snapshot.Cluster,
            Level = snapshot.Level,
            Brokers = snapshot.Brokers.ToImmutableSortedDictionary(broker => broker.Id, broker => broker),
            DeletedTopics = snapshot.Deleted.ToImmutableDictionary(deleted => deleted.Topic, deleted => deleted.At),
            NextProducerId = snapshot.NextProducerId,
        }.WithTopics(snapshot.Topics.Select(topic =>
            new TopicImage(topic.Id, topic.Name, PartitionTable.Of(topic.Partitions), topic.Configs)));
}
