using Broker.Model;
using Broker.Raft.Tests.Clusters;

namespace Broker.Raft.Tests.Worlds;

/// <summary>What goes wrong, and how it ends.</summary>
public sealed class Faults(World world, Links links, Sessions sessions, Random random, WorldSetup setup)
{
    /// <summary>Half of all blows are aimed at a leader: there they hurt most.</summary>
    public void Strike(Node node)
    {
        if (random.Next(2) == 0)
            node = world.Nodes.FirstOrDefault(leader => leader.IsLeader) ?? node;

        Node other = world.Nodes[random.Next(world.Nodes.Count)];
        switch (random.Next(setup.IsRelaxed ? 18 : setup.Sleeps ? 17 : 16))
        {
            case 0 or 1 or 2:
                Crash(node);
                break;
            case 3:
                links.Cut(node.Id, other.Id);
                break;
            case 4:
                CutOff(node, both: random.Next(2) == 0);
                break;
            case 5 or 6 or 7:
                links.HealAll();
                break;
            case 8:
                ResetSession(node, other);
                break;
            case 9 when node.IsUp:
                world.Do(node, $"hears that {other.Id} is gone", () => node.Input(() => node.Core.PeerGone(other.Id)));
                break;
            case 10 when node.IsUp:
                HandOver(node, other);
                break;
            case 11 when node.IsUp:
                world.Do(node, "campaigns", node.Campaign);
                break;
            case 12 when node.IsUp:
                world.Do(node, "has a full disk", () => node.Input(node.Core.AppendFailed));
                break;
            case 13 when node.IsUp:
                world.Do(node, "has room again", () => node.Input(node.Core.AppendRecovered));
                break;
            case 14 or 15:
                world.Pause(node);
                break;
            case 16 when node.IsUp:
                Reopen(node);
                break;
            case 17:
                bool power = random.Next(2) == 0;
                foreach (Node each in world.Nodes)
                    Crash(each, power);
                break;
            default:
                break;
        }
    }

    public void MaybeRestart(Node node)
    {
        if (random.Next(3) > 0)
            return;

        bool damaged = random.NextDouble() < setup.Damage && MayLose(node);
        if (damaged && random.Next(2) == 0)
            world.Do(node, "gets an empty disk", node.Wipe);
        else if (damaged)
            node.LoseFrom(new LogIndex(random.Next(1, (int)node.DurableLog.LastIndex.Value + 2)));
        Restart(node, damaged || IsDamaged(node));
    }

    public void End()
    {
        links.BecomeReliable();
        foreach (Node node in world.Nodes)
        {
            if (!node.IsUp)
                Restart(node, IsDamaged(node));
            world.Do(node, "has room again", () => node.Input(node.Core.AppendRecovered));
        }
    }

    public void CutOff(Node node, bool both)
    {
        foreach (Node other in world.Nodes)
        {
            links.Cut(node.Id, other.Id);
            if (both)
                links.Cut(other.Id, node.Id);
        }
    }

    private void Crash(Node node, bool power = false)
    {
        node.Crash(losesPower: setup.IsRelaxed && MayLosePower() && (power || random.Next(2) == 0));
        world.Losses.NotePower(node);
        foreach (Node other in world.Nodes)
        {
            if (random.Next(2) == 0)
                links.Reset(node.Id, other.Id);
        }
    }

    /// <summary>
    /// Damage is survived while fewer than a majority have it at a time, or one of two: each must be filled before the
    /// next is hit. Where members change, no configuration has fewer than two voters then.
    /// </summary>
    private bool MayLose(Node node)
    {
        bool isHit = node.MayHaveLostTail || world.Nodes.Any(other => other != node && Abstains(other));
        if (isHit || world.Voters.Voters.Length < 2)
            return false;

        world.NoteLoss(node);
        return true;
    }

    /// <summary>Where voters of a relaxed group lost their power, all must be there; who is damaged is not.</summary>
    private bool MayLosePower() => !world.Nodes.Any(IsDamaged);

    private static bool Abstains(Node node) => node.Core.Abstains || node.MayHaveLostTail;

    private static bool IsDamaged(Node node) => node.Core is { Abstains: true, IsLastResort: false };

    private void Restart(Node node, bool abstains)
    {
        world.Do(node, abstains ? "starts, abstaining" : "starts", () => node.Restart(abstains));
        foreach (Node other in world.Nodes.Where(other => other != node))
        {
            sessions.Lose(node.Id, other.Id);
            if (abstains || node.MayHaveLostTail || random.Next(4) > 0)
                ResetSession(node, other);
        }
    }

    /// <summary>
    /// The replica ends, and begins anew in the same process: nobody loses a session with it. One that has to begin
    /// with nothing of its own is given what its leader has committed, and with it the members.
    /// </summary>
    public void Reopen(Node node)
    {
        Node? leader = world.Nodes.Where(other => other.IsLeader).MaxBy(other => other.Core.CurrentTerm);
        MemoryLog? anew = leader is null
            ? null
            : new MemoryLog(leader.Log.Entries.Take((int)leader.Core.CommitIndex.Value));
        world.Do(node, "flushes", node.Flush);
        world.Do(node, "ends", () => node.Input(node.Core.End));
        world.Do(node, "ends", node.ApplyReady);
        node.Crash();
        world.Do(node, "begins anew", () => node.Restart(IsDamaged(node), anew));
    }

    private void HandOver(Node node, Node to) =>
        world.Do(node, $"hands over to {to.Id}", () => node.Input(() => node.Core.TransferLeadership(to.Id)));

    private void ResetSession(Node a, Node b)
    {
        links.Reset(a.Id, b.Id);
        Tell(a, b);
        Tell(b, a);
    }

    private void Tell(Node node, Node peer)
    {
        if (node.IsUp)
            world.Do(node, $"meets {peer.Id} anew", () => node.Input(() => node.Core.PeerSession(peer.Id)));
    }
}
