namespace Broker.Model;

/// <summary>UUIDs from a random source that is handed in, so that a simulation repeats them.</summary>
public static class RandomGuid
{
    /// <summary>A version 4 UUID; never the empty one.</summary>
    public static Guid Next(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
