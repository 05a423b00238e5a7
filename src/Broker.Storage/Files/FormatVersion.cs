using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Tells a file of a newer broker, which nobody here may touch, from one whose version decayed, which is damaged. The
/// checksum of version 1 leaves the version out; whatever comes after it has to begin with its version.
/// </summary>
internal static class FormatVersion
{
    public const int First = 1;

    /// <summary>What a later version puts into the file as its checksum.</summary>
    public static uint ChecksumOf(int version, ReadOnlySpan<byte> content)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, version);
        return Crc32C.Append(Crc32C.Compute(bytes), content);
    }

    /// <summary>True: whole, and of a version that is known. False: damaged.</summary>
    /// <exception cref="StorageException">A newer broker wrote it.</exception>
    public static bool IsWhole(
        int version, uint checksum, ReadOnlySpan<byte> content, string what, int newest = First)
    {
        if (checksum == Crc32C.Compute(content))
            return version == First;
        if (version <= First || checksum != ChecksumOf(version, content))
            return false;
        return version <= newest
            ? true
            : throw new StorageException($"{what} has format version {version}; this broker knows version {newest}");
    }
}
