using System.Buffers.Binary;
using Broker.Model;
using static Broker.Protocol.Records.RecordBatchLayout;

namespace Broker.Protocol.Records;

/// <summary>What a leader writes into a producer's batch before it is appended.</summary>
public static class RecordBatchStamp
{
    /// <summary>Sets base offset and leader epoch; both stand before the bytes that the checksum covers.</summary>
    public static void Stamp(Span<byte> batch, Offset baseOffset, Term leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[BaseOffset..], baseOffset.Value);
        BinaryPrimitives.WriteInt32BigEndian(batch[LeaderEpoch..], leaderEpoch.Value);
    }

    /// <summary>
    /// Gives all records the broker's time (<c>message.timestamp.type=LogAppendTime</c>) and renews the checksum.
    /// </summary>
    public static void StampLogAppendTime(Span<byte> batch, long timestamp)
    {
        RecordBatchAttributes attributes = new(BinaryPrimitives.ReadInt16BigEndian(batch[Attributes..]));
        BinaryPrimitives.WriteInt16BigEndian(batch[Attributes..], attributes.WithLogAppendTime().Bits);
        StampMaxTimestamp(batch, timestamp);
    }

    /// <summary>Corrects the largest timestamp and renews the checksum.</summary>
    public static void StampMaxTimestamp(Span<byte> batch, long maxTimestamp)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestamp..], maxTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(batch[Crc..], Crc32C.Compute(batch[Attributes..]));
    }
}
