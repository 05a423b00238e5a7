using System.Buffers.Binary;

namespace Broker.Client.Producing;

/// <summary>
/// The hash by which Java clients place a key (MurmurHash2, 32 bits, Kafka's seed): the same key goes to the same
/// partition whichever client sends it.
/// </summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;
    private const int Rotation = 24;

    public static uint Hash(ReadOnlySpan<byte> data)
    {
        uint hash = Seed ^ (uint)data.Length;
        while (data.Length >= sizeof(uint))
        {
            uint block = BinaryPrimitives.ReadUInt32LittleEndian(data) * Multiplier;
            block = (block ^ (block >> Rotation)) * Multiplier;
            hash = (hash * Multiplier) ^ block;
            data = data[sizeof(uint)..];
        }

        for (int i = data.Length - 1; i >= 0; i--)
        {
            hash ^= (uint)data[i] << (8 * i);
        }

        hash = data.IsEmpty ? hash : hash * Multiplier;
        hash = (hash ^ (hash >> 13)) * Multiplier;
        return hash ^ (hash >> 15);
    }
}
