namespace Broker.Server.Handlers.Dispatch;

/// <summary>The file system that holds the data directory.</summary>
/// <param name="TotalBytes">All of it, whoever uses it.</param>
/// <param name="UsableBytes">What this broker may still write.</param>
public readonly record struct DiskSpace(long TotalBytes, long UsableBytes);
