using System.Collections.Immutable;
using Broker.Metadata;

namespace Broker.MetadataQuorum;

/// <summary>What a follower is told: who leads, and the entries after its own; if too far behind, the image.</summary>
internal sealed record News(
    MetadataLeadership Leadership, ClusterImage? Image, ImmutableArray<FollowedEntry> Entries);
