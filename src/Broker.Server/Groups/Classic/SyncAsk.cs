namespace Broker.Server.Groups.Classic;

/// <summary>A wish to hear one's assignment; the leader brings everybody's along (SyncGroup).</summary>
public sealed record SyncAsk
{
    public required MemberClaim Claim { get; init; }

    /// <summary>Null before SyncGroup 5 (KIP-559): not compared.</summary>
    public string? ProtocolType { get; init; }

    /// <summary>Null before SyncGroup 5 (KIP-559): not compared.</summary>
    public string? ProtocolName { get; init; }

    /// <summary>Of nobody but the leader. Who is left out has nothing to do.</summary>
    public IReadOnlyList<MemberAssignment> Assignments { get; init; } = [];
}
