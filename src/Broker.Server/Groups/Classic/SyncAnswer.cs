using Broker.Protocol;

namespace Broker.Server.Groups.Classic;

/// <summary>A member's assignment, or why it has none.</summary>
public sealed record SyncAnswer
{
    public required ErrorCode Error { get; init; }

    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }

    public ReadOnlyMemory<byte> Assignment { get; init; }

    public static SyncAnswer Refuse(ErrorCode error) => new() { Error = error };
}
