namespace Broker.Server.Groups.Classic;

/// <summary>A way to share out the work that a member can follow, and what it tells the leader for it.</summary>
/// <param name="Name">Of an assignor: range, cooperative-sticky…</param>
/// <param name="Metadata">Passed on unread. The group keeps it: never a slice of a request's frame.</param>
public readonly record struct MemberProtocol(string Name, ReadOnlyMemory<byte> Metadata);
