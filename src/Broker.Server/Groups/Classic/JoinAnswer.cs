using Broker.Protocol;

namespace Broker.Server.Groups.Classic;

/// <summary>What a member hears when its generation begins, or why it has none.</summary>
public sealed record JoinAnswer
{
    public required ErrorCode Error { get; init; }

    /// <summary>With MEMBER_ID_REQUIRED the id to come back with.</summary>
    public required string MemberId { get; init; }

    /// <summary>-1 with an error.</summary>
    public int Generation { get; init; } = -1;

    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }

    public string LeaderId { get; init; } = "";

    /// <summary>The leader shall not share anything out: what was shared out stays in force (KIP-814).</summary>
    public bool SkipAssignment { get; init; }

    /// <summary>All of them for the leader, none for the others.</summary>
    public IReadOnlyList<JoinedMember> Members { get; init; } = [];

    public static JoinAnswer Refuse(ErrorCode error, string memberId) => new() { Error = error, MemberId = memberId };
}
