using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Server.Groups;

/// <summary>Ids that no other process makes, and this one makes once: its own identity and a count. Any
/// thread.</summary>
internal sealed class MemberIds(ProcessIncarnation process)
{
    private long _count;

    public Guid Next()
    {
        Span<byte> id = stackalloc byte[16];
        process.Value.TryWriteBytes(id);
        long last = BinaryPrimitives.ReadInt64BigEndian(id[8..]);
        BinaryPrimitives.WriteInt64BigEndian(id[8..], last ^ Interlocked.Increment(ref _count));
        return new Guid(id);
    }
}
