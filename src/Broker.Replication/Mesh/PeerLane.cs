namespace Broker.Replication;

/// <summary>What a connection between two brokers is for. Numbers are part of the peer protocol.</summary>
public enum PeerLane
{
    /// <summary>Messages of groups, heartbeats, calls.</summary>
    Main = 0,

    /// <summary>Catch-up, so that it cannot delay the main lane.</summary>
    Bulk = 1,

    /// <summary>The metadata voters' own protocol, as raw bytes.</summary>
    Metadata = 2,
}
