using Broker.Model;

namespace Broker.Client.Groups;

/// <summary>A member of a group.</summary>
/// <param name="Id">Given by the coordinator, anew each time that it joins.</param>
/// <param name="InstanceId">The name under which a static member returns (KIP-345); null for others.</param>
/// <param name="ClientId">As it calls itself.</param>
/// <param name="Host">The address from which it joined, with a slash before it.</param>
/// <param name="Assigned">
/// What it is to read, by topic and partition; null if it is said in a way that is not known, as in groups that are
/// not made of consumers. Empty while the group rebalances.
/// </param>
public sealed record MemberDescription(
    string Id, string? InstanceId, string ClientId, string Host, IReadOnlyList<TopicPartition>? Assigned);
