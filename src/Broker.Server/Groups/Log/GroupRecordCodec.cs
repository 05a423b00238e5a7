using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Server.Groups.Log;

/// <summary>
/// Kafka's form of these records: key and value each begin with a version of their own, and the key's says also what
/// it is a key of. Other kinds of keys are a newer coordinator's: they stand in the log, and mean nothing here.
/// </summary>
internal static class GroupRecordCodec
{
    private const short OffsetKey = 1;
    private const short OffsetValue = 3;
    private const short MetadataKey = 2;
    private const short MetadataValue = 3;

    /// <summary>A null value says that what the key names is gone.</summary>
    public static (byte[] Key, byte[]? Value) Encode(GroupRecord record) => record switch
    {
        OffsetRecord { Group: var group, Partition: var partition } offset => (
            Bytes(OffsetKey, new OffsetCommitKey
            {
                Group = group,
                Topic = partition.Topic,
                Partition = partition.Partition,
            }),
            offset.Offset is { } value ? Encode(value) : null),
        GroupMetadataRecord metadata => (
            Bytes(MetadataKey, new GroupMetadataKey { Group = metadata.Group }),
            metadata.Stored is { } stored ? Bytes(MetadataValue, StoredGroupCodec.ValueOf(stored)) : null),
        _ => throw new InvalidOperationException($"{record} has no form."),
    };

    /// <summary>Null if this broker knows no such record.</summary>
    /// <exception cref="ProtocolException">It is malformed, or of a version that is not known.</exception>
    public static GroupRecord? Decode(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        var reader = new ProtocolReader(key);
        short version = reader.ReadInt16();
        switch (version)
        {
            case 0 or OffsetKey:
                var offset = new OffsetCommitKey();
                offset.Read(ref reader, version);
                return new OffsetRecord(
                    offset.Group,
                    new TopicPartition(offset.Topic, offset.Partition),
                    value is { } committed ? DecodeOffset(committed) : null);
            case MetadataKey:
                var group = new GroupMetadataKey();
                group.Read(ref reader, version);
                return new GroupMetadataRecord(
                    group.Group, value is { } metadata ? StoredGroupCodec.Read(group.Group, metadata) : null);
            default:
                return null;
        }
    }

    private static byte[] Encode(CommittedOffset offset)
    {
        // Version 1 alone has room for an end of its own, and none for the leader epoch.
        bool endsByItself = offset.ExpireTimestamp >= 0;
        return Bytes(endsByItself ? (short)1 : OffsetValue, new OffsetCommitValue
        {
            Offset = offset.Offset,
            LeaderEpoch = offset.LeaderEpoch,
            Metadata = offset.Metadata,
            CommitTimestamp = offset.CommitTimestamp,
            ExpireTimestamp = offset.ExpireTimestamp,
        });
    }

    private static CommittedOffset DecodeOffset(ReadOnlyMemory<byte> value)
    {
        var reader = new ProtocolReader(value);
        var offset = new OffsetCommitValue();
        offset.Read(ref reader, reader.ReadInt16());
        return new CommittedOffset(
            offset.Offset, offset.LeaderEpoch, offset.Metadata, offset.CommitTimestamp, offset.ExpireTimestamp);
    }

    private static byte[] Bytes(short version, IMessagePart message)
    {
        using var writer = new ProtocolWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.ToArray();
    }
}
