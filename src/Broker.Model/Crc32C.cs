using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Broker.Model;

/// <summary>
/// CRC-32C (Castagnoli), as record batches and log frames carry it. It stands in Model because Protocol (the batch's
/// checksum) and Storage (the frame's) both need it and may not reference each other; it is a pure function of bytes.
/// </summary>
/// <remarks>
/// The processor's instruction has a latency of three cycles but starts one every cycle, so a long span is cut into
/// three lanes that run interleaved and are joined afterwards. Joining is multiplication of polynomials modulo the
/// CRC's own: the checksum of A followed by B is A's times x^(8·|B|), plus B's. All values here are bit-reflected,
/// as the instruction has them: the highest bit is the coefficient of x^0.
/// </remarks>
public static class Crc32C
{
    private const uint Polynomial = 0x82F63B78;
    private const uint One = 0x80000000;

    // x has the order 2^31 − 1 modulo this polynomial, so x^(order − n) is x^(−n).
    private const long OrderOfX = int.MaxValue;

    private const int LongLane = 1024;
    private const int ShortLane = 128;

    // x^(8·2^k): appending 2^k bytes.
    private static readonly uint[] Shift = ShiftTable();

    // The same times x^(−33), for the multiplication that gains x^33 on its way, see Multiply.
    private static readonly uint[] ScaledShift = Scaled(Shift);

    private static readonly uint LongOnce = Of(LongLane);
    private static readonly uint LongTwice = Of(2 * LongLane);
    private static readonly uint ShortOnce = Of(ShortLane);
    private static readonly uint ShortTwice = Of(2 * ShortLane);

    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>
    /// The checksum of what <paramref name="crc"/> covers, followed by <paramref name="bytes"/>. Begins with 0.
    /// </summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        while (bytes.Length >= 3 * LongLane)
        {
            crc = ThreeLanes(crc, bytes, LongLane, LongOnce, LongTwice);
            bytes = bytes[(3 * LongLane)..];
        }

        while (bytes.Length >= 3 * ShortLane)
        {
            crc = ThreeLanes(crc, bytes, ShortLane, ShortOnce, ShortTwice);
            bytes = bytes[(3 * ShortLane)..];
        }

        return ~OneLane(crc, bytes);
    }

    /// <summary>
    /// The checksum of A followed by B from the checksums of both and B's length, without touching a byte; costs some
    /// tens of nanoseconds.
    /// </summary>
    public static uint Combine(uint crcA, uint crcB, long lengthB)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthB);
        uint[] table = Pclmulqdq.IsSupported ? ScaledShift : Shift;
        for (int bit = 0; lengthB != 0; bit++, lengthB >>= 1)
        {
            if ((lengthB & 1) != 0)
                crcA = Multiply(crcA, table[bit]);
        }

        return crcA ^ crcB;
    }

    private static uint ThreeLanes(uint crc, ReadOnlySpan<byte> bytes, int lane, uint once, uint twice)
    {
        // References and not spans, 64-bit and not 32: bounds checks and conversions would each cost a third.
        ref byte start = ref MemoryMarshal.GetReference(bytes[..(3 * lane)]);
        ulong first = crc, second = 0, third = 0;
        for (int i = 0; i < lane; i += sizeof(ulong))
        {
            first = Step(first, ref start, i);
            second = Step(second, ref start, i + lane);
            third = Step(third, ref start, i + (2 * lane));
        }

        return Multiply((uint)first, twice) ^ Multiply((uint)second, once) ^ (uint)third;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Step(ulong crc, ref byte start, int offset)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));
        return Sse42.X64.IsSupported ? Sse42.X64.Crc32(crc, word) : BitOperations.Crc32C((uint)crc, word);
    }

    private static uint OneLane(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return crc;
    }

    /// <summary>
    /// With the carry-less multiplier: the raw product of two reflected values is theirs times x, and the CRC
    /// instruction that reduces it multiplies by x^32; hence factors that were scaled by x^(−33). Without it: plain
    /// factors, bit by bit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Multiply(uint value, uint factor)
    {
        if (!Pclmulqdq.IsSupported)
            return MultiplyBits(value, factor);
        Vector128<ulong> product = Pclmulqdq.CarrylessMultiply(
            Vector128.CreateScalar((ulong)value), Vector128.CreateScalar((ulong)factor), 0);
        return BitOperations.Crc32C(0, product.ToScalar());
    }

    private static uint MultiplyBits(uint a, uint b)
    {
        uint product = 0;
        for (uint bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
                product ^= b;
            b = (b >> 1) ^ (Polynomial & (0 - (b & 1)));
        }

        return product;
    }

    private static uint[] ShiftTable()
    {
        var table = new uint[63];
        table[0] = One >> 8;
        for (int i = 1; i < table.Length; i++)
            table[i] = MultiplyBits(table[i - 1], table[i - 1]);
        return table;
    }

    private static uint[] Scaled(uint[] table)
    {
        uint inverse = PowerOfX(OrderOfX - 33);
        return Array.ConvertAll(table, power => MultiplyBits(power, inverse));
    }

    private static uint PowerOfX(long exponent)
    {
        uint result = One;
        for (uint square = One >> 1; exponent != 0; exponent >>= 1, square = MultiplyBits(square, square))
        {
            if ((exponent & 1) != 0)
                result = MultiplyBits(result, square);
        }

        return result;
    }

    private static uint Of(int powerOfTwo) =>
        (Pclmulqdq.IsSupported ? ScaledShift : Shift)[BitOperations.Log2((uint)powerOfTwo)];
}
