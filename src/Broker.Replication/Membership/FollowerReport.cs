using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>A follower, as its leader sees it.</summary>
/// <param name="Match">On its disk, and counted.</param>
/// <param name="SilentTicks">So many ticks ago it was heard last.</param>
public sealed record FollowerReport(BrokerId Broker, ProgressState State, LogIndex Match, long SilentTicks);
