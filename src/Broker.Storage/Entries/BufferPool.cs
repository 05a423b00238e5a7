using System.Numerics;

namespace Broker.Storage;

/// <summary>
/// Pinned arrays by size class, four classes to an octave, so that a new one wastes a fifth at most. Where a class has
/// none left, one of up to twice the size does: what peers send together is of ever changing sizes. The pool keeps a
/// bounded number of bytes; what comes back beyond that is left to the collector.
/// </summary>
internal static class BufferPool
{
    private const int SmallestBits = 8;
    private const int ClassesToAnOctave = 4;
    private const int LargestPooled = 32 << 20;
    private const long MostKept = 256L << 20;
    private static readonly Shelf[] Shelves = CreateShelves();
    private static long _kept;

    public static byte[] Take(int length)
    {
        if (length > LargestPooled)
            return GC.AllocateUninitializedArray<byte>(length, pinned: true);
        int smallest = ClassOf(length);
        int largest = Math.Min(smallest + ClassesToAnOctave, Shelves.Length - 1);
        for (int i = smallest; i <= largest; i++)
        {
            if (Shelves[i].TryTake() is not { } bytes)
                continue;
            Interlocked.Add(ref _kept, -bytes.Length);
            return bytes;
        }

        return GC.AllocateUninitializedArray<byte>(Shelves[smallest].Size, pinned: true);
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
        return ((bits - SmallestBits) * ClassesToAnOctave) + quarter + 1;
    }

    private static Shelf[] CreateShelves()
    {
        List<Shelf> shelves = [new Shelf(1 << SmallestBits)];
        for (int bits = SmallestBits; 1 << bits < LargestPooled; bits++)
        {
            for (int quarter = 1; quarter <= ClassesToAnOctave; quarter++)
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
            if (Volatile.Read(ref _count) == 0)
                return null;
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
