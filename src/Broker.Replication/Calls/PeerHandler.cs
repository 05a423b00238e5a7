namespace Broker.Replication;

/// <summary>
/// Answers a call of a peer. An exception is logged and reported to the caller as failed. Must not block.
/// </summary>
public delegate ValueTask<ReadOnlyMemory<byte>> PeerHandler(
    PeerIdentity caller, ReadOnlyMemory<byte> body, CancellationToken token);
