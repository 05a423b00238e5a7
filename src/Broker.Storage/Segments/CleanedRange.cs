using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What the header of a cleaned segment says of it: its successor was begun behind another file, and so can't.
/// </summary>
/// <param name="Generation">How often what it holds was cleaned; part of the file's name.</param>
/// <param name="LastIndex">The last index that it covers, be it in a hole.</param>
/// <param name="NextOffset">The offset behind it.</param>
/// <param name="Length">Where its last frame ends.</param>
/// <param name="MaxTimestamp">The highest timestamp in it, or −1.</param>
/// <param name="CleanTo">
/// Records here were held against all keys up to this index, which may lie behind this segment, or within it.
/// </param>
/// <param name="Touched">
/// What stands above is as it was. Not below <paramref name="CleanTo"/>, but for what lies behind the segment; it may
/// be higher, where a pass came further that did not end.
/// </param>
internal sealed record CleanedRange(
    int Generation,
    LogIndex LastIndex,
    Offset NextOffset,
    long Length,
    long MaxTimestamp,
    LogIndex CleanTo,
    LogIndex Touched)
{
    public const int Size = 56;

    /// <summary>The last index here that is not as it was.</summary>
    public LogIndex LastCleaned => LogIndex.Min(Touched, LastIndex);

    public void Write(Span<byte> into)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into, Generation);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], LastIndex.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], NextOffset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[24..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(into[32..], MaxTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(into[40..], CleanTo.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[48..], Touched.Value);
    }

    public static CleanedRange Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadInt32LittleEndian(from),
        new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[8..])),
        new Offset(BinaryPrimitives.ReadInt64LittleEndian(from[16..])),
        BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
        new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[40..])),
        new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[48..])));
}
