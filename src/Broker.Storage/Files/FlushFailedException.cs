namespace Broker.Storage;

/// <summary>
/// A flush failed: what is on the disk is unknown, and a second flush would report success all the same, since the
/// kernel forgets the pages. The broker must stop; nobody may catch this and go on.
/// </summary>
public sealed class FlushFailedException : StorageException
{
    public FlushFailedException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
