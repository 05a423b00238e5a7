namespace Broker.Storage;

/// <summary>A hold on an open file. The counts belong to <see cref="OpenFiles"/>.</summary>
internal sealed class FileLease : IDisposable
{
    private readonly OpenFiles _owner;

    public FileLease(OpenFiles owner, string path, IFile file)
    {
        _owner = owner;
        Path = path;
        File = file;
        Place = new LinkedListNode<FileLease>(this);
    }

    public string Path { get; }

    public IFile File { get; }

    public LinkedListNode<FileLease> Place { get; }

    public int Holders { get; set; }

    /// <summary>While nobody holds it: how many sweeps there had been when it was given back.</summary>
    public long IdleSince { get; set; }

    public bool IsForgotten { get; set; }

    public void Dispose() => _owner.GiveBack(this);
}
