namespace Broker.Replication;

internal enum ReplicaEventKind : byte
{
    Message,
    Proposal,
    Written,
    HardStatePersisted,
    PeerUp,
    PeerGone,
    Command,
    Beat,
    PeerLost,
    Rouse,
}
