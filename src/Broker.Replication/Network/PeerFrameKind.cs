namespace Broker.Replication;

/// <summary>What a frame between brokers is. Numbers are part of the peer protocol.</summary>
public enum PeerFrameKind : byte
{
    Hello = 1,
    Welcome = 2,
    Identity = 3,
    Ping = 4,
    Pong = 5,
    Request = 6,
    Response = 7,

    /// <summary>Messages of groups, without entries.</summary>
    Messages = 8,

    /// <summary>One append message, its entries' frames as raw bytes behind the header.</summary>
    Entries = 9,

    /// <summary>A sign of life of the sender's groups, all of them; nothing else.</summary>
    Beat = 10,
}
