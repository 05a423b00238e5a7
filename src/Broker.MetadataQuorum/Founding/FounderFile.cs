using System.Buffers.Binary;
using System.Collections.Immutable;
using Broker.Model;
using Broker.Storage;

namespace Broker.MetadataQuorum;

/// <summary>
/// The note that this data directory has a vote, beside the log's own directory, so that it outlives that one's loss:
/// who had lost its votes and came back as if new could vote twice in a term.
/// </summary>
internal sealed class FounderFile(IFileSystem files, QuorumOptions options)
{
    private const int IdentitySize = 16;
    private const int EntrySize = sizeof(int) + IdentitySize;

    private string Location => options.Directory.TrimEnd(Path.DirectorySeparatorChar) + ".founders";

    public void Write(FounderNote note)
    {
        byte[] content = new byte[1 + IdentitySize + note.Founders.Length * EntrySize];
        content[0] = (byte)note.Stage;
        note.Incarnation.Value.TryWriteBytes(content.AsSpan(1), bigEndian: true, out _);
        Span<byte> rest = content.AsSpan(1 + IdentitySize);
        foreach (Founder founder in note.Founders)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, founder.Broker.Value);
            founder.Incarnation.Value.TryWriteBytes(rest[sizeof(int)..], bigEndian: true, out _);
            rest = rest[EntrySize..];
        }

        SealedFile.Replace(files, Location, content);
    }

    public FounderNote? Read()
    {
        if (SealedFile.Read(files, Location) is not { } content)
        {
            return null;
        }

        ImmutableArray<Founder>.Builder founders = ImmutableArray.CreateBuilder<Founder>();
        for (int at = 1 + IdentitySize; at + EntrySize <= content.Length; at += EntrySize)
        {
            founders.Add(new Founder(
                new BrokerId(BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at))),
                new Incarnation(new Guid(content.AsSpan(at + sizeof(int), IdentitySize), bigEndian: true))));
        }

        var incarnation = new Incarnation(new Guid(content.AsSpan(1, IdentitySize), bigEndian: true));
        return new FounderNote((NoteStage)content[0], incarnation, founders.ToImmutable());
    }
}
