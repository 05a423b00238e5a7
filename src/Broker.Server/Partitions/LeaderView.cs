using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>Who leads a partition, and in which term (which clients call leader epoch).</summary>
/// <param name="Leader"><see cref="BrokerId.None"/> where nobody is known to lead, or the leader is known dead.</param>
public readonly record struct LeaderView(BrokerId Leader, Term Epoch);
