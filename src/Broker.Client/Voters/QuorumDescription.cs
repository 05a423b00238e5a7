using Broker.Model;

namespace Broker.Client.Voters;

/// <summary>The group of brokers that keeps the cluster's metadata.</summary>
/// <param name="Leader">Who leads it; none while it elects.</param>
/// <param name="Epoch">The term of the leader.</param>
/// <param name="HighWatermark">The last entry of its log that the answering broker knows to be committed.</param>
/// <param name="Voters">Who votes, by id.</param>
/// <param name="Observers">Who follows without a vote, by id.</param>
public sealed record QuorumDescription(
    BrokerId Leader,
    Term Epoch,
    long HighWatermark,
    IReadOnlyList<QuorumReplica> Voters,
    IReadOnlyList<QuorumReplica> Observers
);
