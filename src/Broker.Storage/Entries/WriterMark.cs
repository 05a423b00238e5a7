using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What the leader that framed an entry knew to be flushed on its own disk just then. It binds only the replica that
/// wrote it, in that life of its data directory: a follower that stores the same bytes has flushed something else.
/// </summary>
public readonly record struct WriterMark(uint Writer, LogIndex Flushed)
{
    /// <summary>The short form of a data directory's identity that frames carry; never 0.</summary>
    public static uint TagOf(Incarnation incarnation)
    {
        Span<byte> bytes = stackalloc byte[16];
        incarnation.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Math.Max(1, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
    }
}
