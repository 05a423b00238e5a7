using System.Buffers.Binary;
using Broker.Model;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// What a log-start entry holds, little-endian: the first entry that must be kept and the first offset that is served.
/// The offset may stand in the midst of a batch; the entry is at or before the one that holds it, and before what a
/// replica that can be brought up by appends has not got.
/// </summary>
internal static class LogStartPayload
{
    public const int Size = 2 * sizeof(long);

    public static void Write(Span<byte> into, LogIndex index, Offset offset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into, index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[sizeof(long)..], offset.Value);
    }

    public static (LogIndex Index, Offset Offset) Read(in LogEntry entry)
    {
        ReadOnlySpan<byte> payload = entry.Payload.Span;
        return (
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(payload)),
            new Offset(BinaryPrimitives.ReadInt64LittleEndian(payload[sizeof(long)..])));
    }
}
