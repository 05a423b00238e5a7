using Broker.Model;

namespace Broker.Raft.Tests.Clusters;

/// <summary>
/// A group of nodes for tests that tell a story: the test decides who ticks, and which messages arrive.
/// </summary>
public sealed class Group
{
    public const int Patience = 1000;

    private readonly Random _random;
    private readonly List<Func<RaftMessage, bool>> _cuts = [];
    private long _nextId = 1;

    /// <param name="spares">Nodes beyond the voters, with empty logs.</param>
    public Group(int voters, Func<NodeSetup, BrokerId, NodeSetup>? setup = null, int seed = 1, int spares = 0)
    {
        _random = new Random(seed);
        Voters = VoterSet.Of([.. Enumerable.Range(1, voters).Select(id => new BrokerId(id))]);
        Nodes = [.. Enumerable.Range(1, voters + spares).Select(id => new BrokerId(id)).Select(id =>
            new Node(id, Voters, (setup ?? ((s, _) => s))(new NodeSetup(_random), id)))];
    }

    public VoterSet Voters { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public Node this[int id] => Nodes[id - 1];

    /// <summary>Everything that was delivered, for a test to look at.</summary>
    public List<RaftMessage> Delivered { get; } = [];

    /// <summary>Messages for which this holds are lost from now on.</summary>
    public void Cut(Func<RaftMessage, bool> which) => _cuts.Add(which);

    public void Isolate(int id) => Cut(m => m.From.Value == id || m.To.Value == id);

    /// <summary>All links work again, as if they had only been slow.</summary>
    public void Mend() => _cuts.Clear();

    /// <summary>All links work again, and every pair of nodes begins a new session on it.</summary>
    public void Heal()
    {
        _cuts.Clear();
        foreach (Node node in Nodes.Where(node => node.IsUp))
        {
            foreach (Node peer in Nodes.Where(peer => peer != node))
                node.Input(() => node.Core.PeerSession(peer.Id));
        }
    }

    /// <summary>Flushes and delivers until nothing is under way.</summary>
    public void Settle(Func<Node, bool>? flushes = null)
    {
        for (int i = 0; i < Patience; i++)
        {
            foreach (Node node in Nodes)
            {
                if (node.IsUp && (flushes?.Invoke(node) ?? true))
                    node.Flush();
            }

            if (!DeliverOnce())
                return;
        }

        throw new InvalidOperationException("Messages without end.");
    }

    /// <summary>Delivers what is under way now; false when there was nothing.</summary>
    public bool DeliverOnce()
    {
        List<Packet> packets = [.. Nodes.SelectMany(node => node.Outgoing)];
        foreach (Node node in Nodes)
            node.Outgoing.Clear();

        foreach (Packet packet in packets)
        {
            Node to = this[packet.Message.To.Value];
            if (!to.IsUp || _cuts.Any(cut => cut(packet.Message)))
                continue;

            Delivered.Add(packet.Message);
            to.Receive(packet);
        }

        return packets.Count > 0;
    }

    public void Tick(int ticks = 1, Func<Node, bool>? flushes = null)
    {
        for (int i = 0; i < ticks; i++)
        {
            foreach (Node node in Nodes)
            {
                if (node.IsUp)
                    node.Tick();
            }

            Settle(flushes);
        }
    }

    /// <summary>Ticks until something holds; how many ticks it took.</summary>
    public int TickUntil(Func<bool> holds, int limit = Patience)
    {
        for (int ticks = 0; ticks <= limit; ticks++)
        {
            if (holds())
                return ticks;
            Tick();
        }

        throw new InvalidOperationException($"Not within {limit} ticks.");
    }

    public Node Elect(int id)
    {
        this[id].Campaign();
        Settle();
        if (!this[id].IsLeader)
            throw new InvalidOperationException($"{id} was not elected.");
        return this[id];
    }

    /// <summary>Asks a node for other voters and learners.</summary>
    public ChangeAnswer Change(int leader, int[] voters, params int[] learners)
    {
        var answer = ChangeAnswer.Unchanged;
        Configuration target = Of(voters, learners);
        this[leader].Input(() => answer = this[leader].Core.ChangeConfiguration(target));
        return answer;
    }

    /// <summary>Makes nodes learn, and lets them have everything.</summary>
    public void Teach(int leader, params int[] learners)
    {
        int[] voters = [.. this[leader].Core.Configuration.Voters.Voters.Select(id => id.Value)];
        if (Change(leader, voters, learners) != ChangeAnswer.Begun)
            throw new InvalidOperationException("The learners were refused.");
        Tick(3 * RaftOptions.Default.HeartbeatTicks);
    }

    public static Configuration Of(int[] voters, params int[] learners) =>
        Configuration.Of(
            VoterSet.Of([.. voters.Select(id => new BrokerId(id))]), [.. learners.Select(id => new BrokerId(id))]);

    public void Propose(int leader, int count = 1)
    {
        _nextId += this[leader].Propose(_nextId, count);
    }
}
