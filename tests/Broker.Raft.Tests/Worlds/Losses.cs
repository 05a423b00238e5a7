using Broker.Model;
using Broker.Raft.Tests.Clusters;

namespace Broker.Raft.Tests.Worlds;

/// <summary>
/// What relaxed groups may lose, and have lost. Two invariants judge it (<c>OnlyPowerCutsLose</c>,
/// <c>SurvivorsAreKept</c>); what they let pass is taken out of the ledger, and all others hold for what is left.
/// </summary>
public sealed class Losses(World world, bool areAllowed)
{
    private readonly HashSet<BrokerId> _powerless = [];
    private readonly HashSet<(BrokerId, int Life)> _strays = [];

    /// <summary>How often something was lost for good, and how much.</summary>
    public int Times { get; private set; }

    public long Entries { get; private set; }

    /// <summary>It has been filled since, as far as its core had said before this event.</summary>
    public bool HasLostPower(Node node) => _powerless.Contains(node.Id);

    /// <summary>It takes something for committed that every voter has lost; it is to begin anew.</summary>
    public bool IsStray(Node node) => _strays.Contains((node.Id, node.Life));

    public void NotePower(Node node)
    {
        if (node.MayHaveLostTail)
            _powerless.Add(node.Id);
    }

    /// <summary>After all has been judged that an event brought about.</summary>
    public void NoteFilled(Node node)
    {
        if (node.IsUp && !node.Core.Abstains)
            _powerless.Remove(node.Id);
    }

    /// <summary>The first committed entry that a leader of a later term lacks; null if it lacks none.</summary>
    public LogIndex? Missing(Node leader)
    {
        if (!areAllowed || !leader.IsLeader || IsStray(leader))
            return null;

        Ledger ledger = world.Ledger;
        LogIndex missing = LogIndex.Zero;
        for (LogIndex end = ledger.End; end > LogIndex.Zero && !Holds(end); end -= 1)
        {
            if (ledger[end].In < leader.Core.CurrentTerm)
                missing = end;
        }

        return missing > LogIndex.Zero ? missing : null;

        bool Holds(LogIndex index) => leader.Log.Contains(index, ledger[index].Fingerprint);
    }

    public void Accept(LogIndex missing, Node leader)
    {
        Times++;
        Entries += world.Ledger.End - missing + 1;
        world.Ledger.LoseFrom(missing);
        foreach (Node node in world.Nodes)
        {
            if (node != leader && node.IsUp && node.Core.CommitIndex >= missing)
                _strays.Add((node.Id, node.Life));
        }

        world.Ledger.Note(leader);
    }
}
