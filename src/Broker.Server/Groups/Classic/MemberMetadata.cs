namespace Broker.Server.Groups.Classic;

/// <summary>A member in <see cref="GroupMetadata"/>.</summary>
public sealed record MemberMetadata
{
    public required string MemberId { get; init; }

    /// <summary>Null: not a static member.</summary>
    public required string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public required TimeSpan RebalanceTimeout { get; init; }

    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>What it said for the protocol that was chosen.</summary>
    public required ReadOnlyMemory<byte> Subscription { get; init; }

    public required ReadOnlyMemory<byte> Assignment { get; init; }
}
