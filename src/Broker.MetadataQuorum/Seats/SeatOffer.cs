using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>A leader's offer to a follower: get ready for a place beside these voters.</summary>
/// <param name="Cluster">The leader's cluster; nobody joins another one.</param>
/// <param name="Leader">Who offers it.</param>
/// <param name="Term">The term that it leads in.</param>
/// <param name="Roll">The voters as they are.</param>
internal sealed record SeatOffer(ClusterId Cluster, BrokerId Leader, long Term, VoterRoll Roll);
