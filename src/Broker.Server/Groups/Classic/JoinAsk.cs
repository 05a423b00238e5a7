namespace Broker.Server.Groups.Classic;

/// <summary>A wish to be a member of the next generation (JoinGroup).</summary>
public sealed record JoinAsk
{
    /// <summary>Empty: a new member.</summary>
    public required string MemberId { get; init; }

    /// <summary>Null: not a static member.</summary>
    public string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>How long the others wait for this member. In JoinGroup 0 the session timeout.</summary>
    public required TimeSpan RebalanceTimeout { get; init; }

    /// <summary>What kind of members this group has: consumer, connect…</summary>
    public required string ProtocolType { get; init; }

    /// <summary>The one that it likes best first.</summary>
    public required IReadOnlyList<MemberProtocol> Protocols { get; init; }

    /// <summary>
    /// From JoinGroup 4 on (KIP-394): who has no id gets one and asks again, so that a lost answer leaves no member
    /// behind that nobody knows of.
    /// </summary>
    public bool RequiresKnownMember { get; init; }

    /// <summary>From JoinGroup 9 on (KIP-814): a leader can be told that there is nothing to share out.</summary>
    public bool CanSkipAssignment { get; init; }
}
