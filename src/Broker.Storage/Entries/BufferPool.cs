using System.Numerics;

namespace Broker.Storage;

/// <summary>
/// Pinned arrays by size class, four classes to an octave, so that at most a fifth is wasted. The pool keeps a bounded
/// number of bytes; what comes back beyond that is left to the collector.
/// </summary>
internal static class BufferPool
{
    private const int SmallestBits = 8;
    private const int LargestPooled = 32 << 20;
    private const long MostKept = 256L << 20;
    private static readonly Shelf[] Shelves = CreateShelves();
    private static long _kept;

    public static byte[] Take(int length)
    {
        if (length > LargestPooled)
            return GC.AllocateUninitializedArray<byte>(length, pinned: true);
        Shelf shelf = Shelves[ClassOf(length)];
        if (shelf.TryTake() is not { } bytes)
            return GC.AllocateUninitializedArray<byte>(shelf.Size, pinned: true);
        Interlocked.Add(ref _kept, -bytes.Length);
        return bytes;
    }

    public static void Give(byte[] bytes)
    {
        if (bytes.Length > LargestPooled)
            return;
        if (Interlocked.Add(ref _kept, bytes.Length) <= MostKept)
            Shelves[ClassOf(bytes.Length)].Give(bytes);
        else
            Interlocked.Add(ref _kept, -bytes.Length);
    }

    private static int ClassOf(int length)
    {
        if (length <= 1 << SmallestBits)
            return 0;
        int bits = BitOperations.Log2((uint)(length - 1));
        int quarter = (length - 1 - (1 << bits)) >> (bits - 2);
        return ((bits - SmallestBits) * 4) + quarter + 1;
    }

    private static Shelf[] CreateShelves()
    {
        List<Shelf> shelves = [new Shelf(1 << SmallestBits)];
        for (int bits = SmallestBits; 1 << bits < LargestPooled; bits++)
        {
            for (int quarter = 1; quarter <= 4; quarter++)
                shelves.Add(new Shelf((1 << bits) + (quarter << (bits - 2))));
        }

        return [.. shelves];
    }

    private sealed class Shelf(int size)
    {
        private readonly Lock _gate = new();
        private byte[]?[] _kept = [];
        private int _count;

        public int Size => size;

        public byte[]? TryTake()
        {
            lock (_gate)
            {
                if (_count == 0)
                    return null;
                byte[]? bytes = _kept[--_count];
                _kept[_count] = null;
                return bytes;
            }
        }

        public void Give(byte[] bytes)
        {
            lock (_gate)
            {
                if (_count == _kept.Length)
                    Array.Resize(ref _kept, Math.Max(4, _count * 2));
                _kept[_count++] = bytes;
            }
        }
    }
}
