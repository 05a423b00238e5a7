using System.Text;
using Broker.Model;

namespace Broker.Protocol;

/// <summary>
/// Remembers the strings of names that come again and again (topics, client ids), so that reading them allocates
/// nothing. Its size is fixed: a new name takes the place of an old one with the same slot, so strangers can't make
/// it grow. Any thread.
/// </summary>
public sealed class NameCache
{
    private const int LongestName = 255;

    private readonly Entry?[] _slots;

    /// <param name="slots">A power of two.</param>
    public NameCache(int slots = 4096)
    {
        if (!int.IsPow2(slots))
            throw new ArgumentOutOfRangeException(nameof(slots), slots, "must be a power of two");
        _slots = new Entry?[slots];
    }

    /// <param name="utf8">Valid UTF-8.</param>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > LongestName)
            return Encoding.UTF8.GetString(utf8);
        ref Entry? slot = ref _slots[Crc32C.Compute(utf8) & (uint)(_slots.Length - 1)];
        Entry? known = Volatile.Read(ref slot);
        if (known is not null && utf8.SequenceEqual(known.Utf8))
            return known.Text;
        var entry = new Entry(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        Volatile.Write(ref slot, entry);
        return entry.Text;
    }

    private sealed record Entry(byte[] Utf8, string Text);
}
