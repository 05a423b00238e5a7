using Broker.Model;

namespace Broker.Client;

/// <summary>A broker as the cluster describes it.</summary>
public sealed record BrokerDescription(BrokerId Id, HostAndPort Address, string? Rack);
