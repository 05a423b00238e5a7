using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>One change of the voters, as it is asked for.</summary>
internal readonly record struct VoterChange(bool Adds, BrokerId Broker);
