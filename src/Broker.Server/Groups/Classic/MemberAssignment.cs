namespace Broker.Server.Groups.Classic;

/// <summary>A member's part of the work, as the leader shared it out.</summary>
/// <param name="MemberId">Whose part.</param>
/// <param name="Assignment">Passed on unread. The group keeps it: never a slice of a request's frame.</param>
public readonly record struct MemberAssignment(string MemberId, ReadOnlyMemory<byte> Assignment);
