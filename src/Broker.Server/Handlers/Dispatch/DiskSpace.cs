namespace Broker.Server.Handlers.Dispatch;

/// <summary>The file system that holds the data directory.</summary>
/// <param name="TotalBytes">All of it, whoever uses it.</param>
/// <param name="UsableBytes">What records may still take: what is kept for others is not among it.</param>
public readonly record struct DiskSpace(long TotalBytes, long UsableBytes);
