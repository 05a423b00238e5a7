namespace Broker.Storage;

/// <summary>A data directory can't be used by this broker; the message says what was found and what to do.</summary>
public sealed class DataDirectoryException(string message, Exception? inner = null) : StorageException(message, inner);
