namespace Broker.Storage;

/// <summary>There is no room left on the file system, or in the quota.</summary>
public sealed class StorageFullException : StorageException
{
    public StorageFullException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
