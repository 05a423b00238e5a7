namespace Broker.Server.Groups.Classic;

/// <summary>Who somebody says to be.</summary>
/// <param name="MemberId">Empty where it has none yet.</param>
/// <param name="InstanceId">Of a static member (KIP-345); null for any other.</param>
/// <param name="Generation">Negative from a client that is no member (its offsets are committed all the same).</param>
public readonly record struct MemberClaim(string MemberId, string? InstanceId, int Generation);
