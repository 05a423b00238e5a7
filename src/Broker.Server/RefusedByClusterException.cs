namespace Broker.Server;

/// <summary>The cluster can't have this broker as it is started now; the message says why, and what would do.</summary>
public sealed class RefusedByClusterException(string message, Exception? inner = null) : Exception(message, inner);
