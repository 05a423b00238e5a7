using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants.Members;

/// <summary>
/// Who asks for votes is a voter of the configuration in force, or of one before it as long as it does not know that
/// to be over: until then it may be the only one that can lead (4.2.2). So learners and removed nodes never ask.
/// </summary>
public sealed class OnlyVotersCampaign : Invariant
{
    public override void OnSend(World world, Node node, in RaftMessage message)
    {
        // What the owner takes out late may have been asked for before a leader was heard and members changed.
        if (message.Kind is (MessageKind.PreVote or MessageKind.Vote) && node.Core.Role != RaftRole.Follower)
            RequireThatItMay(world, node);
    }

    public override void AfterEvent(World world, Node node)
    {
        if (node.IsUp && node.Core.Role is (RaftRole.PreCandidate or RaftRole.Candidate))
            RequireThatItMay(world, node);
    }

    private void RequireThatItMay(World world, Node node)
    {
        bool mayBeNeeded = false;
        for (int i = node.Log.Configurations.Count; i >= 0 && !mayBeNeeded; i--)
        {
            ConfigurationEntry entry = i > 0
                ? node.Log.Configurations[i - 1]
                : new ConfigurationEntry(LogIndex.Zero, Configuration.Of(world.Voters));
            mayBeNeeded = entry.Configuration.AllVoters.Contains(node.Id);
            if (entry.Index <= node.Core.CommitIndex)
                break;
        }

        Require(mayBeNeeded, $"{node.Id} campaigns and is no voter of {node.InForce}");
    }
}
