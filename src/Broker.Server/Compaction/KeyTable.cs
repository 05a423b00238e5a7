using System.Buffers.Binary;
using System.Security.Cryptography;
using Broker.Model;

namespace Broker.Server.Compaction;

/// <summary>
/// The last offset of every key, in a fixed amount of memory: open addressing over 128 bits of each key's SHA-256,
/// which nobody can make collide. Not thread-safe.
/// </summary>
internal sealed class KeyTable
{
    /// <summary>What a key takes.</summary>
    public const int SlotBytes = 24;

    public const int SmallestBytes = 1 << 8;

    private const double MostFilled = 0.9;

    private readonly Slot[] _slots;

    /// <param name="bytes">What it occupies, filled or not.</param>
    public KeyTable(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, SmallestBytes);
        _slots = new Slot[(int)Math.Min(bytes / SlotBytes, Array.MaxLength)];
        Room = (int)(_slots.Length * MostFilled);
    }

    /// <summary>How many keys still fit, if all are new.</summary>
    public int Room { get; private set; }

    public long Bytes => (long)_slots.Length * SlotBytes;

    /// <summary>There must be room. A lower offset than the one that is known changes nothing.</summary>
    public void Put(ReadOnlySpan<byte> key, Offset offset)
    {
        ref Slot slot = ref Find(key);
        if (slot.OffsetPlusOne == 0)
        {
            if (Room == 0)
                throw new InvalidOperationException("the table is full");
            Room--;
        }

        slot.OffsetPlusOne = Math.Max(slot.OffsetPlusOne, offset.Value + 1);
    }

    /// <summary>Null: the key was not put.</summary>
    public Offset? LastOf(ReadOnlySpan<byte> key) =>
        Find(key).OffsetPlusOne is > 0 and var found ? new Offset(found - 1) : null;

    /// <summary>The slot of a key, or the free one where it belongs. There is always a free one.</summary>
    private ref Slot Find(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        ulong high = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        ulong low = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);
        int at = (int)(high % (ulong)_slots.Length);
        while (_slots[at].OffsetPlusOne != 0 && (_slots[at].High != high || _slots[at].Low != low))
            at = at + 1 == _slots.Length ? 0 : at + 1;

        ref Slot slot = ref _slots[at];
        if (slot.OffsetPlusOne == 0)
            (slot.High, slot.Low) = (high, low);
        return ref slot;
    }

    private struct Slot
    {
        public ulong High;
        public ulong Low;
        public long OffsetPlusOne;
    }
}
