using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>A leader that a replica of this broker has had.</summary>
/// <param name="At">When that was known here: of the own replica, when it won; of another, when it was heard.</param>
/// <param name="Reason">Why it campaigned, which only itself knows: none for leaders elsewhere.</param>
public readonly record struct ElectionRecord(
    PartitionId Partition, Term Term, BrokerId Leader, DateTimeOffset At, CampaignReason Reason);
