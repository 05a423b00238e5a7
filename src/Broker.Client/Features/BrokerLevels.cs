using Broker.Model;

namespace Broker.Client.Features;

/// <summary>The feature levels that a broker supports.</summary>
/// <param name="Broker">Which broker.</param>
/// <param name="Oldest">The oldest one; null if its version does not tell.</param>
/// <param name="Newest">The newest one; null if its version does not tell.</param>
public sealed record BrokerLevels(BrokerId Broker, int? Oldest, int? Newest);
