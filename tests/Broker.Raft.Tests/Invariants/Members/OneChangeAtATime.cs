using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants.Members;

/// <summary>
/// A leader changes the configuration only when an entry of its own term and the configuration before are committed
/// (4.1); voters change through a joint configuration of the old and the new ones (4.3). It leads to the new ones once
/// it is committed, or back, if it is this leader's own.
/// </summary>
public sealed class OneChangeAtATime : Invariant
{
    private readonly Dictionary<BrokerId, ConfigurationEntry> _inForce = [];

    public override void AfterEvent(World world, Node node)
    {
        ConfigurationEntry now = node.InForce;
        bool known = _inForce.TryGetValue(node.Id, out ConfigurationEntry before);
        _inForce[node.Id] = now;
        Term term = node.Core.CurrentTerm;
        if (!known || !node.IsLeader || before == now || node.Log.TermOf(now.Index) != term)
            return;

        Require(node.Log.TermOf(node.Core.CommitIndex) == term, $"{node.Id} changes members before it may");
        bool goesBack = now.Configuration.Voters.Equals(before.Configuration.Outgoing);
        bool isOwn = node.Log.TermOf(before.Index) == term;
        Require(
            goesBack || before.Index <= node.Core.CommitIndex,
            $"{node.Id} appends {now}; {before} is not committed");
        Require(IsStep(before.Configuration, now.Configuration, isOwn), $"{node.Id} goes from {before} to {now}");
    }

    private static bool IsStep(Configuration before, Configuration now, bool isOwn) =>
        (before.Outgoing, now.Outgoing) switch
        {
            (null, null) => now.Voters.Equals(before.Voters),
            (null, { } old) => old.Equals(before.Voters),
            ({ } first, null) => now.Voters.Equals(before.Voters) || (isOwn && now.Voters.Equals(first)),
            (not null, not null) => false,
        };
}
