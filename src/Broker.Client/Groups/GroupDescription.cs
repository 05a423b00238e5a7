using Broker.Model;

namespace Broker.Client.Groups;

/// <summary>
/// A group, as its coordinator describes it. Members, offsets and ends of logs are not of one moment.
/// </summary>
/// <param name="State"><c>Stable</c>, <c>PreparingRebalance</c>, <c>CompletingRebalance</c> or <c>Empty</c>.</param>
/// <param name="ProtocolType"><c>consumer</c> for groups of consumers; empty for one that only has offsets.</param>
/// <param name="Protocol">How its work is divided, while it is stable; else empty.</param>
/// <param name="Coordinator">The broker that answered.</param>
/// <param name="Members">By client id and id.</param>
/// <param name="Progress">
/// Of each partition with a committed offset or an owner, by topic and partition.
/// </param>
public sealed record GroupDescription(
    string Id,
    string State,
    string ProtocolType,
    string Protocol,
    BrokerId Coordinator,
    IReadOnlyList<MemberDescription> Members,
    IReadOnlyList<GroupProgress> Progress);
