using System.Buffers.Binary;

namespace Broker.Protocol.Tests.Fuzz;

/// <summary>
/// Breaks bytes the way that hurts parsers: flips, borders of numbers, cuts, repeats, pieces of something else.
/// </summary>
internal sealed class Mutator(Random random)
{
    private static readonly int[] Borders =
        [0, -1, -2, 1, 127, 128, 255, 0x7FFF, 0x8000, int.MaxValue, int.MinValue, 0x7FFFFF00, 1 << 20];

    public byte[] Mutate(ReadOnlySpan<byte> sound, ReadOnlySpan<byte> other)
    {
        byte[] bytes = sound.ToArray();
        int times = 1 + random.Next(4);
        for (int i = 0; i < times && bytes.Length > 0; i++)
            bytes = Once(bytes, other);
        return bytes;
    }

    private byte[] Once(byte[] bytes, ReadOnlySpan<byte> other)
    {
        int at = random.Next(bytes.Length);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return Overwrite(bytes, at, sizeof(int));
            case 3:
                return Overwrite(bytes, at, sizeof(short));
            case 4:
                return bytes[..at];
            case 5:
                return [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]];
            case 6:
                return [.. bytes[..at], .. other[random.Next(other.Length + 1)..]];
            case 7:
                // The longest varints, which announce the most.
                byte[] varint = [0xFF, 0xFF, 0xFF, 0xFF, (byte)random.Next(256)];
                varint.AsSpan(0, Math.Min(5, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                return bytes;
            default:
                random.NextBytes(bytes.AsSpan(at, random.Next(Math.Min(16, bytes.Length - at) + 1)));
                return bytes;
        }
    }

    private byte[] Overwrite(byte[] bytes, int at, int size)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, Borders[random.Next(Borders.Length)]);
        number = number[^size..];
        number[..Math.Min(size, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
        return bytes;
    }
}
