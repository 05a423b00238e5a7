using System.Buffers;
using System.Buffers.Binary;
using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// What stands before a state machine's state in a checkpoint, little-endian: the layout as a negative number, the high
/// watermark, the index of the configuration that was committed last, its size, and it. Layout 0 had a high watermark,
/// which is never negative, and nothing else.
/// </summary>
internal static class CheckpointHead
{
    private const long Layout = -1;
    private const int FixedSize = (3 * sizeof(long)) + sizeof(int);

    public static void Write(IBufferWriter<byte> into, Offset highWatermark, in ConfigurationEntry committed)
    {
        int size = ConfigurationCodec.SizeOf(committed.Configuration);
        Span<byte> head = into.GetSpan(FixedSize + size);
        BinaryPrimitives.WriteInt64LittleEndian(head, Layout);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], highWatermark.Value);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], committed.Index.Value);
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], size);
        ConfigurationCodec.Encode(committed.Configuration, head[FixedSize..]);
        into.Advance(FixedSize + size);
    }

    /// <summary>Gives the state machine's state.</summary>
    public static ReadOnlySpan<byte> Split(
        ReadOnlySpan<byte> checkpoint, out Offset highWatermark, out ConfigurationEntry? committed)
    {
        committed = null;
        long layout = BinaryPrimitives.ReadInt64LittleEndian(checkpoint);
        if (layout >= 0)
        {
            highWatermark = new Offset(layout);
            return checkpoint[sizeof(long)..];
        }

        if (layout != Layout)
            throw new StorageException($"A checkpoint has layout {-layout}; this broker knows {-Layout}.");

        highWatermark = new Offset(BinaryPrimitives.ReadInt64LittleEndian(checkpoint[8..]));
        var index = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(checkpoint[16..]));
        int size = BinaryPrimitives.ReadInt32LittleEndian(checkpoint[24..]);
        if (ConfigurationCodec.TryDecode(checkpoint.Slice(FixedSize, size), out Configuration? configuration))
            committed = new ConfigurationEntry(index, configuration);
        return checkpoint[(FixedSize + size)..];
    }
}
