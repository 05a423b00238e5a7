using Broker.Model;

namespace Broker.Raft;

/// <summary>From this entry of the log on this configuration holds.</summary>
public readonly record struct ConfigurationEntry(LogIndex Index, Configuration Configuration);
