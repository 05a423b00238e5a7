using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>What a broker carries.</summary>
/// <param name="Replicas">How many it has, or is about to get.</param>
/// <param name="Leads">Of how many of them it is the preferred leader.</param>
/// <param name="Bytes">What they take, once all that moves is there; 0 where sizes are not known.</param>
public sealed record BrokerShare(BrokerId Broker, int Replicas, int Leads, long Bytes);
