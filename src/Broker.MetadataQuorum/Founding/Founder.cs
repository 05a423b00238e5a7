using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>A voter of the first configuration, in the life of its data directory that took part.</summary>
internal readonly record struct Founder(BrokerId Broker, Incarnation Incarnation);
