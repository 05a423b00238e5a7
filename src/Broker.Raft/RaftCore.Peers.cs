using Broker.Model;

namespace Broker.Raft;

// What a replica is told of its peers' processes, by whoever has connections with them.
public sealed partial class RaftCore
{
    /// <summary>
    /// A peer's process is known to be gone (reset, then refused): nothing more is to be expected of it.
    /// </summary>
    public void PeerGone(BrokerId peer)
    {
        WakeFor(peer);
        _role.PeerGone(peer);
    }

    /// <summary>
    /// A session with a peer began: nothing of an earlier one arrives any more, and it may hold less than it said
    /// (<c>relaxed</c>, or a crash): its progress is found anew, downwards too.
    /// </summary>
    public void PeerSession(BrokerId peer)
    {
        WakeFor(peer);
        _role.PeerSession(peer);
    }

    /// <summary>
    /// What a peer says does not come over the session that it came over before, or its broker is silent: nobody may
    /// sleep on its account, nor fall asleep for what it said before. Who wakes by this takes the silence of brokers,
    /// in ticks, for that of their replicas.
    /// </summary>
    public void PeerLost(BrokerId peer, Func<BrokerId, int> silence)
    {
        if (!Configuration.IsVoter(peer))
            return;

        bool slept = IsAsleep;
        Wake(BrokerId.None);
        if (slept)
            _role.SleptThrough(silence);
    }

    private void WakeFor(BrokerId peer)
    {
        if (Configuration.IsVoter(peer))
            Wake(BrokerId.None);
    }
}
