using Broker.Model;

namespace Broker.Client.Groups;

/// <summary>A group, as its coordinator lists it.</summary>
/// <param name="State"><c>Stable</c>, <c>PreparingRebalance</c>, <c>CompletingRebalance</c>, <c>Empty</c> or
/// <c>Dead</c>.</param>
/// <param name="ProtocolType"><c>consumer</c> for groups of consumers; empty for one that only has offsets.</param>
/// <param name="Coordinator">The broker that told of it.</param>
public sealed record GroupListing(string Id, string State, string ProtocolType, BrokerId Coordinator);
