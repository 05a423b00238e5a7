namespace Broker.Replication;

/// <summary>This broker's own connections to one peer.</summary>
internal sealed class PeerLinks(PeerMeshContext context, IPeerObserver observer, PeerAddress peer)
{
    public PeerAddress Peer { get; } = peer;

    public PeerLink Main { get; } = new(context, observer, peer, PeerLane.Main);

    public PeerLink Bulk { get; } = new(context, observer, peer, PeerLane.Bulk);

    public void Start()
    {
        Main.Start();
        Bulk.Start();
    }

    /// <summary>Tells the peer which cluster this broker is of.</summary>
    public void Announce()
    {
        Announce(Main);
        Announce(Bulk);
    }

    public void Hurry()
    {
        Main.Hurry();
        Bulk.Hurry();
    }

    public void Ping()
    {
        Main.Ping();
        Bulk.Ping();
    }

    public async Task StopAsync()
    {
        await Main.StopAsync();
        await Bulk.StopAsync();
    }

    private void Announce(PeerLink link) => link.Channel?.TrySend(
        Handshake.WriteIdentity(context.Frames.Begin(PeerFrameKind.Identity), context.Self));
}
