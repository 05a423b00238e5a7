namespace Broker.Replication;

/// <summary>The answer to a call; the body is there only with <see cref="PeerCallStatus.Ok"/>.</summary>
public readonly record struct PeerReply(PeerCallStatus Status, ReadOnlyMemory<byte> Body)
{
    public bool IsOk => Status == PeerCallStatus.Ok;
}
