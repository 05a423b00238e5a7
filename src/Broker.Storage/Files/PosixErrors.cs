namespace Broker.Storage;

/// <summary>Turns the framework's I/O exceptions into Storage's three.</summary>
internal static class PosixErrors
{
    public static bool IsIo(Exception error) =>
        error is (IOException or UnauthorizedAccessException) and not StorageException;

    public static StorageException Translate(Exception error, string verb, string path)
    {
        string message = $"could not {verb} {path}: {error.Message}";

        // On Unix the framework's HResult is the bare errno.
        return error.HResult is Libc.NoSpace or Libc.QuotaExceeded
            ? new StorageFullException(message, error)
            : new StorageException(message, error);
    }
}
