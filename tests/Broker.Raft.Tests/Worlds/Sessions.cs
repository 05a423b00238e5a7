using Broker.Model;
using Broker.Raft.Tests.Clusters;

namespace Broker.Raft.Tests.Worlds;

/// <summary>
/// What a broker knows of its connections and tells those who sleep: that something sent to it may be missing, and
/// that another broker gives no sign of life. Told sooner or later, never in time.
/// </summary>
public sealed class Sessions(World world, Links links, WorldSetup setup, Random random)
{
    private readonly SortedDictionary<(BrokerId From, BrokerId To), int> _silence = [];
    private readonly List<(BrokerId From, BrokerId To)> _lost = [];

    /// <summary>Something from a node to another one is lost, or its process is another one.</summary>
    public void Lose(BrokerId from, BrokerId to)
    {
        if (setup.Sleeps && !_lost.Contains((from, to)))
            _lost.Add((from, to));
    }

    public bool HearsAllVoters(Node node) => node.Core.Configuration.AllVoters.All(other =>
        other == node.Id || _silence.GetValueOrDefault((other, node.Id)) < setup.Options.ElectionTicks);

    public void Tick(Node node)
    {
        if (!setup.Sleeps)
            return;

        foreach (Node other in world.Nodes.Where(other => other != node))
        {
            bool isHeard = other.IsUp && !world.IsPaused(other) && !links.IsCut(other.Id, node.Id);
            int silence = isHeard ? 0 : _silence.GetValueOrDefault((other.Id, node.Id)) + 1;
            _silence[(other.Id, node.Id)] = silence;
            if (silence == setup.Options.ElectionTicks)
                Tell(node, other.Id);
        }
    }

    public void TellSome()
    {
        if (_lost.Count > 0 && random.Next(8) == 0)
            TellOne(random.Next(_lost.Count));
    }

    public void TellAll()
    {
        while (_lost.Count > 0)
            TellOne(0);
    }

    private void TellOne(int at)
    {
        (BrokerId from, BrokerId to) = _lost[at];
        Node node = world.Nodes[to.Value - 1];
        if (world.IsPaused(node))
            return;

        _lost.RemoveAt(at);
        Tell(node, from);
    }

    private void Tell(Node node, BrokerId peer)
    {
        if (node.IsUp)
            world.Do(node, $"has lost {peer}", () => node.Input(() => node.Core.PeerLost(peer, SilenceOf)));

        int SilenceOf(BrokerId other) => _silence.GetValueOrDefault((other, node.Id));
    }
}
