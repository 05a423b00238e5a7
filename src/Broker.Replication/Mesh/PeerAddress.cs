using Broker.Model;

namespace Broker.Replication;

/// <summary>Where a broker listens for its peers.</summary>
public readonly record struct PeerAddress(BrokerId Broker, HostAndPort Address);
