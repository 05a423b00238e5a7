using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// The newest checkpoint of what is applied to a log: bytes that Storage does not read, at an entry. Replaced as a
/// whole: written beside, flushed, renamed.
/// </summary>
internal sealed class CheckpointFile(IFileSystem fileSystem, string directory)
{
    public const string Name = "checkpoint";

    private const uint Magic = 0x54504B42; // "BKPT"
    private const int HeaderSize = 40;

    private readonly string _path = Path.Combine(directory, Name);

    public void Write(LogIndex index, Term term, ReadOnlySpan<byte> state)
    {
        byte[] bytes = new byte[HeaderSize + state.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), FormatVersion.First);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), index.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), term.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), state.Length);
        state.CopyTo(bytes.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Compute(bytes.AsSpan(12)));

        string fresh = _path + ".new";
        using (IFile file = fileSystem.Open(fresh, FileMode.OpenOrCreate))
        {
            file.SetLength(0);
            file.Write(bytes, 0);
            file.FlushWithMetadata();
        }

        fileSystem.Rename(fresh, _path);
        fileSystem.FlushDirectory(directory);
    }

    /// <summary>Null if there is none or it is damaged; then the log is replayed from its beginning.</summary>
    public LogCheckpoint? Read(out bool isDamaged)
    {
        isDamaged = false;
        if (!fileSystem.FileExists(_path))
            return null;
        using IFile file = fileSystem.Open(_path, FileMode.Open);
        byte[] bytes = new byte[file.Length];
        isDamaged = file.Read(bytes, 0) < bytes.Length || bytes.Length < HeaderSize
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || !FormatVersion.IsWhole(
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)),
                bytes.AsSpan(12),
                _path)
            || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(28)) != bytes.Length - HeaderSize;
        if (isDamaged)
            return null;
        return new LogCheckpoint(
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16))),
            new Term(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(24))),
            bytes.AsMemory(HeaderSize));
    }
}
