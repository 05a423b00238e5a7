namespace Broker.Server.Groups.Classic;

/// <summary>What of a group outlives its coordinator: the last generation that was shared out.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Generation">Rises with every rebalance that is completed.</param>
/// <param name="ProtocolType">Null: never had members.</param>
/// <param name="ProtocolName">Null: has no members.</param>
/// <param name="LeaderId">Null: has no members.</param>
/// <param name="Members">In the order in which they came.</param>
public sealed record GroupMetadata(
    string GroupId,
    int Generation,
    string? ProtocolType,
    string? ProtocolName,
    string? LeaderId,
    IReadOnlyList<MemberMetadata> Members);
