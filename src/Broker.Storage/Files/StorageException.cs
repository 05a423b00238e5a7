namespace Broker.Storage;

/// <summary>An I/O error on a file. The message names the file and what was tried.</summary>
public class StorageException : IOException
{
    public StorageException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
