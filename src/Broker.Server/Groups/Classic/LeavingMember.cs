namespace Broker.Server.Groups.Classic;

/// <summary>A member that leaves, or that an operator removes (LeaveGroup).</summary>
/// <param name="MemberId">Empty: whoever has the instance id.</param>
/// <param name="InstanceId">Null: not a static member.</param>
public readonly record struct LeavingMember(string MemberId, string? InstanceId);
