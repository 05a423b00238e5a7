namespace Broker.Storage;

/// <summary>Sets files aside, in damaged/ beside them: they are evidence, and are never deleted.</summary>
internal sealed class DamagedFiles(IFileSystem fileSystem, OpenFiles open, string directory)
{
    public const string DirectoryName = "damaged";

    private readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    public void Move(string name)
    {
        string target = Target(name);
        string index = Path.Combine(directory, Path.ChangeExtension(name, Segment.IndexSuffix));
        open.Forget(Path.Combine(directory, name));
        open.Forget(index);
        fileSystem.Rename(Path.Combine(directory, name), target);
        if (fileSystem.FileExists(index))
            fileSystem.DeleteFile(index);
        fileSystem.FlushDirectory(Path.GetDirectoryName(target)!);
        fileSystem.FlushDirectory(directory);
    }

    public void Copy(string name)
    {
        string target = Target(name);
        using (IFile from = fileSystem.Open(Path.Combine(directory, name), FileMode.Open))
        using (IFile to = fileSystem.Open(target, FileMode.CreateNew))
        {
            byte[] piece = new byte[1 << 20];
            long at = 0;
            for (int read; (read = from.Read(piece, at)) > 0; at += read)
                to.Write(piece.AsSpan(0, read), at);
            to.FlushWithMetadata();
        }

        fileSystem.FlushDirectory(Path.GetDirectoryName(target)!);
    }

    private string Target(string name)
    {
        string aside = Path.Combine(directory, DirectoryName);
        if (!fileSystem.DirectoryExists(aside))
        {
            fileSystem.CreateDirectory(aside);
            fileSystem.FlushDirectory(directory);
        }

        string target = Path.Combine(aside, name);
        for (int i = 2; fileSystem.FileExists(target); i++)
            target = Path.Combine(aside, $"{name}.{i}");
        _names.Add(Path.GetFileName(target));
        return target;
    }
}
