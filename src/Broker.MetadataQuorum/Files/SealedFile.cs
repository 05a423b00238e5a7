using System.Buffers.Binary;
using Broker.Model;
using Broker.Storage;

namespace Broker.MetadataQuorum;

/// <summary>
/// A small file that is replaced as a whole: magic, format version, CRC-32C over the content, length, content. After a
/// crash either the old or the new content is there.
/// </summary>
internal static class SealedFile
{
    private const uint Magic = 0x514D_4B42;
    private const int Version = 1;
    private const int HeaderSize = 16;

    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        byte[] bytes = new byte[HeaderSize + content.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Compute(content));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), content.Length);
        content.CopyTo(bytes.AsSpan(HeaderSize));

        string draft = path + ".new";
        using (IFile file = files.Open(draft, FileMode.OpenOrCreate))
        {
            file.SetLength(0);
            file.Write(bytes, 0);
            file.FlushWithMetadata();
        }

        files.Rename(draft, path);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Null if there is no such file.</summary>
    /// <exception cref="StorageException">The file is damaged or of a newer version.</exception>
    public static byte[]? Read(IFileSystem files, string path)
    {
        if (!files.FileExists(path))
        {
            return null;
        }

        using IFile file = files.Open(path, FileMode.Open);
        byte[] bytes = new byte[file.Length];
        bool whole = file.Read(bytes, 0) == bytes.Length && bytes.Length >= HeaderSize
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic;
        int version = whole ? BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)) : Version;
        if (version != Version)
        {
            throw new StorageException($"{path} has format {version}; this version reads format {Version} only");
        }

        byte[] content = whole ? bytes[HeaderSize..] : [];
        if (!whole || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12)) != content.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != Crc32C.Compute(content))
        {
            throw new StorageException($"{path} is damaged: its checksum does not match");
        }

        return content;
    }
}
