using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Invariants;

namespace Broker.Raft.Tests.Worlds;

/// <summary>
/// What the worlds whose members change have shown so far. A world that never gets there proves nothing about it.
/// </summary>
public sealed class Sightings : Invariant
{
    private readonly Dictionary<(int World, BrokerId), Sight> _before = [];
    private int _world;

    /// <summary>Entries that changed the members.</summary>
    public int Changes { get; private set; }

    /// <summary>Joint configurations that were taken back.</summary>
    public int TakenBack { get; private set; }

    /// <summary>All old voters were replaced by others at once.</summary>
    public int Replaced { get; private set; }

    /// <summary>Configurations that were in force somewhere and were truncated again.</summary>
    public int RolledBack { get; private set; }

    /// <summary>Leaders that were in no half any more.</summary>
    public int LedOutside { get; private set; }

    /// <summary>Elections in a joint configuration.</summary>
    public int ElectedJoint { get; private set; }

    /// <summary>Crashes of a node while a configuration in its log was joint.</summary>
    public int RestartedJoint { get; private set; }

    public void NextWorld() => _world++;

    public override void AfterEvent(World world, Node node)
    {
        ConfigurationEntry now = node.InForce;
        bool known = _before.TryGetValue((_world, node.Id), out Sight before);
        _before[(_world, node.Id)] = new Sight(now, node.IsLeader, node.Life);
        if (!known)
            return;

        if (node.IsLeader && !before.Leads && now.Configuration.IsJoint)
            ElectedJoint++;
        if (now.Index < before.InForce.Index)
            RolledBack++;
        if (node.Life > before.Life && now.Configuration.IsJoint)
            RestartedJoint++;
        if (node.IsLeader && now != before.InForce)
            NoteChange(node, before.InForce.Configuration, now.Configuration);
    }

    private void NoteChange(Node leader, Configuration before, Configuration now)
    {
        Changes++;
        if (now.Voters.Equals(before.Outgoing))
            TakenBack++;
        if (now.Outgoing is { } outgoing && !now.Voters.Voters.Any(outgoing.Contains))
            Replaced++;
        if (!now.AllVoters.Contains(leader.Id))
            LedOutside++;
    }

    private readonly record struct Sight(ConfigurationEntry InForce, bool Leads, int Life);
}
