using System.Buffers.Binary;
using System.Globalization;
using Broker.Storage;

namespace Broker.MetadataQuorum;

/// <summary>Snapshots of the image, one file each, named by index; the newest counts.</summary>
internal sealed class SnapshotStore(IFileSystem files, string directory)
{
    private const string Prefix = "snapshot-";
    private const string DraftSuffix = ".new";
    private const int HeaderSize = 2 * sizeof(long);

    public void Save(SnapshotEntry snapshot)
    {
        byte[] content = new byte[HeaderSize + snapshot.Image.Length];
        BinaryPrimitives.WriteInt64LittleEndian(content, snapshot.Index);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(sizeof(long)), snapshot.Term);
        snapshot.Image.Span.CopyTo(content.AsSpan(HeaderSize));
        SealedFile.Replace(files, PathOf(snapshot.Index), content);
    }

    /// <exception cref="StorageException">The newest is damaged; an older one would not fit the log.</exception>
    public SnapshotEntry? LoadNewest()
    {
        DeleteDrafts();
        string? newest = Names().LastOrDefault();
        if (newest is null)
        {
            return null;
        }

        byte[] content = Read(Path.Combine(directory, newest));
        return new SnapshotEntry(
            BinaryPrimitives.ReadInt64LittleEndian(content),
            BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(sizeof(long))),
            content[HeaderSize..]);
    }

    public void DeleteBefore(long index)
    {
        foreach (string name in Names())
        {
            if (long.Parse(name.AsSpan(Prefix.Length), CultureInfo.InvariantCulture) < index)
            {
                files.DeleteFile(Path.Combine(directory, name));
            }
        }
    }

    private byte[] Read(string path)
    {
        try
        {
            return SealedFile.Read(files, path)!;
        }
        catch (StorageException e)
        {
            throw new StorageException(
                $"{e.Message}; without it the metadata log in {directory} can't be read. Set that directory aside: "
                + "the broker then follows without a vote, until it is removed from the voters and added again.",
                e);
        }
    }

    // A process that ends while it writes one leaves it; nothing refers to it.
    private void DeleteDrafts()
    {
        foreach (string name in files.ListFiles(directory).Where(name =>
            name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(DraftSuffix, StringComparison.Ordinal)))
        {
            files.DeleteFile(Path.Combine(directory, name));
        }
    }

    // Names have all digits, so their ordinal order is the order of indexes.
    private IEnumerable<string> Names() => files.ListFiles(directory).Where(name =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.AsSpan(Prefix.Length).IndexOfAnyExceptInRange('0', '9') < 0);

    private string PathOf(long index) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index:D20}"));
}
