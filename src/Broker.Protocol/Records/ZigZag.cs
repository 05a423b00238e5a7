using System.Runtime.CompilerServices;

namespace Broker.Protocol.Records;

/// <summary>The variable-length signed integers inside records: zig-zag, seven bits a byte, lowest first.</summary>
internal static class ZigZag
{
    public const int MaxInt32Bytes = 5;
    public const int MaxInt64Bytes = 10;

    /// <summary>False if the bytes end too early or the number has more than 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int position, out int value)
    {
        if ((uint)position < (uint)bytes.Length && bytes[position] < 0x80)
        {
            uint small = bytes[position++];
            value = (int)(small >> 1) ^ -(int)(small & 1);
            return true;
        }

        bool read = TryReadRaw(bytes, ref position, MaxInt32Bytes, out ulong raw) && raw <= uint.MaxValue;
        value = (int)(uint)(raw >> 1) ^ -(int)(raw & 1);
        return read;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int position, out long value)
    {
        bool read = TryReadRaw(bytes, ref position, MaxInt64Bytes, out ulong raw);
        value = (long)(raw >> 1) ^ -(long)(raw & 1);
        return read;
    }

    public static int Write(Span<byte> target, long value)
    {
        ulong raw = (ulong)(value << 1) ^ (ulong)(value >> 63);
        int length = 0;
        while (raw >= 0x80)
        {
            target[length++] = (byte)(raw | 0x80);
            raw >>= 7;
        }

        target[length++] = (byte)raw;
        return length;
    }

    public static int SizeOf(long value)
    {
        ulong raw = (ulong)(value << 1) ^ (ulong)(value >> 63);
        return (int)((ulong)(64 - System.Numerics.BitOperations.LeadingZeroCount(raw | 1) + 6) / 7);
    }

    private static bool TryReadRaw(ReadOnlySpan<byte> bytes, ref int position, int maxBytes, out ulong raw)
    {
        raw = 0;
        for (int i = 0; i < maxBytes && (uint)position < (uint)bytes.Length; i++)
        {
            byte next = bytes[position++];
            raw |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return i < MaxInt64Bytes - 1 || next <= 1;
            }
        }

        return false;
    }
}
