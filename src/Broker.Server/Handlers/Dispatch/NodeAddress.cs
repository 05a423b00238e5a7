using Broker.Model;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>Where a broker is reached, and in which rack it stands.</summary>
internal readonly record struct NodeAddress(HostAndPort Address, string? Rack);
