namespace Broker.Server.Groups.Classic;

/// <summary>A member as the leader is told of it.</summary>
/// <param name="MemberId">The id that its assignment is to be given to.</param>
/// <param name="InstanceId">Null: not a static member.</param>
/// <param name="Metadata">What it said for the protocol that was chosen.</param>
public readonly record struct JoinedMember(string MemberId, string? InstanceId, ReadOnlyMemory<byte> Metadata);
