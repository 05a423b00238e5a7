using Broker.Model;
using Broker.Raft.Tests.Clusters;

namespace Broker.Raft.Tests.Worlds;

/// <summary>Everything that is under way between nodes, and which directions are cut.</summary>
public sealed class Links(int nodes, WorldSetup setup, Random random)
{
    private readonly List<Packet>[] _links = [.. Enumerable.Range(0, nodes * nodes).Select(_ => new List<Packet>())];
    private readonly bool[] _cut = new bool[nodes * nodes];
    private int _count;
    private bool _reliable;

    public bool IsEmpty => _count == 0;

    /// <summary>Hears of every packet that is lost, but for those that a bad link loses by itself.</summary>
    public Action<BrokerId, BrokerId>? Lost { get; set; }

    public void Send(Packet packet)
    {
        if (!_reliable && random.NextDouble() < setup.Loss)
            return;

        int copies = !_reliable && random.NextDouble() < setup.Duplication ? 2 : 1;
        _links[LinkOf(packet.Message.From, packet.Message.To)].AddRange(Enumerable.Repeat(packet, copies));
        _count += copies;
    }

    /// <summary>
    /// Takes one packet off a random link, but not for one node; null when it is lost in a cut, or none is there.
    /// </summary>
    public Packet? Take(BrokerId except)
    {
        int link = random.Next(_links.Length);
        for (int i = 0; _links[link].Count == 0 || (link % nodes) + 1 == except.Value; i++)
        {
            if (i == _links.Length)
                return null;

            link = (link + 1) % _links.Length;
        }

        List<Packet> packets = _links[link];
        int at = setup.OrderedLinks ? 0 : random.Next(packets.Count);
        Packet packet = packets[at];
        packets.RemoveAt(at);
        _count--;
        if (!_cut[link])
            return packet;

        Lost?.Invoke(packet.Message.From, packet.Message.To);
        return null;
    }

    public void Reset(BrokerId a, BrokerId b)
    {
        Clear(LinkOf(a, b));
        Clear(LinkOf(b, a));
        Lost?.Invoke(a, b);
        Lost?.Invoke(b, a);
    }

    public void Cut(BrokerId from, BrokerId to) => _cut[LinkOf(from, to)] = true;

    public bool IsCut(BrokerId from, BrokerId to) => _cut[LinkOf(from, to)];

    public void HealAll() => Array.Clear(_cut);

    public void BecomeReliable()
    {
        _reliable = true;
        HealAll();
    }

    private void Clear(int link)
    {
        _count -= _links[link].Count;
        _links[link].Clear();
    }

    private int LinkOf(BrokerId from, BrokerId to) => ((from.Value - 1) * nodes) + to.Value - 1;
}
