using Broker.Model;

namespace Broker.Client.Voters;

/// <summary>One broker's copy of the cluster's metadata.</summary>
/// <param name="Broker">Which broker.</param>
/// <param name="LogEnd">The last entry that it has; −1 if it does not answer, or has lost its vote.</param>
public sealed record QuorumReplica(BrokerId Broker, long LogEnd);
