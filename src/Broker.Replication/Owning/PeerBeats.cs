using Broker.Model;

namespace Broker.Replication;

/// <summary>
/// Signs of life of other brokers, which stand for the heartbeats of all groups that sleep. Silence is counted in the
/// ticks of the owner loop, like that of a leader: time that the loop itself slept is not silence. OWNER only.
/// </summary>
internal sealed class PeerBeats(int electionTicks)
{
    private readonly List<Peer> _peers = [];
    private readonly List<BrokerId> _silent = [];

    public void Heard(BrokerId broker)
    {
        if (Find(broker) is not { } peer)
            _peers.Add(peer = new Peer(broker));
        (peer.Silence, peer.IsLost) = (0, false);
    }

    /// <summary>Until it is heard again, over another session, nobody falls asleep on its account.</summary>
    public void Lost(BrokerId broker)
    {
        if (Find(broker) is { } peer)
            peer.IsLost = true;
    }

    public bool IsHeard(BrokerId broker) =>
        Find(broker) is { IsLost: false } peer && peer.Silence < electionTicks;

    /// <summary>In ticks, at most an election timeout.</summary>
    public int SilenceOf(BrokerId broker) => Find(broker)?.Silence ?? electionTicks;

    /// <summary>Who has been silent for an election timeout, as of this tick.</summary>
    public IReadOnlyList<BrokerId> Tick()
    {
        _silent.Clear();
        foreach (Peer peer in _peers)
        {
            if (peer.Silence < electionTicks && ++peer.Silence == electionTicks)
                _silent.Add(peer.Broker);
        }

        return _silent;
    }

    private Peer? Find(BrokerId broker)
    {
        foreach (Peer peer in _peers)
        {
            if (peer.Broker == broker)
                return peer;
        }

        return null;
    }

    private sealed class Peer(BrokerId broker)
    {
        public BrokerId Broker { get; } = broker;

        public int Silence { get; set; }

        public bool IsLost { get; set; }
    }
}
