namespace Broker.Replication;

/// <summary>What belongs to one owner loop alone.</summary>
internal sealed record OwnerLoopParts(
    PeerOutbox Outbox, PeerBeats Beats, ElectionHistory Elections, Random Random);
