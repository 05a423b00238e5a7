using Broker.Metadata;

namespace Broker.MetadataQuorum;

/// <summary>What a follower knows when it asks for news, and how long it will wait for some.</summary>
internal readonly record struct FollowedPoint(MetadataLeadership Leadership, long Index, TimeSpan Patience);
