using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>A Raft message and the group that it is for.</summary>
/// <param name="SenderIsFull">The sender's disk refuses appends: it should not be given leadership.</param>
internal readonly record struct GroupMessage(PartitionId Group, RaftMessage Message, bool SenderIsFull);
