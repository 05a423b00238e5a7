using Broker.Model;
using Broker.Raft.Tests.Clusters;

namespace Broker.Raft.Tests.Worlds;

/// <summary>Somebody who wants other members all the time, sensible or not; and in the end certain ones.</summary>
public sealed class Memberships(World world, Random random, int leastVoters)
{
    private VoterSet _end = world.Voters;

    public void Change(Node node)
    {
        Configuration now = node.Core.Configuration;
        (List<BrokerId> voters, List<BrokerId> learners) = Draw(node, now);
        if (voters.Count >= leastVoters)
            Ask(node, Of(voters, learners));
    }

    public void DrawEnd()
    {
        BrokerId[] nodes = [.. world.Nodes.Select(node => node.Id)];
        random.Shuffle(nodes);
        int least = Math.Min(leastVoters, nodes.Length);
        _end = VoterSet.Of(nodes.AsSpan(0, random.Next(least, Math.Min(nodes.Length, 5) + 1)));
    }

    /// <summary>Asks for what is still missing; true once all is as it was drawn.</summary>
    public bool IsAtEnd()
    {
        if (world.Nodes.FirstOrDefault(node => node.Core.IsLeaderReady) is not { } leader)
            return false;

        Configuration now = leader.Core.Configuration;
        if (now.Equals(Configuration.Of(_end)))
            return leader.Core.ConfigurationIndex <= leader.Core.CommitIndex;

        List<BrokerId> strangers = [.. _end.Voters.Where(id => !now.Voters.Contains(id))];
        bool allLearn = strangers.TrueForAll(now.IsLearner);
        Ask(leader, allLearn ? Configuration.Of(_end) : Of([.. now.Voters.Voters], strangers));
        return false;
    }

    private static Configuration Of(List<BrokerId> voters, IEnumerable<BrokerId> learners) =>
        Configuration.Of(VoterSet.Of([.. voters]), [.. learners.Except(voters)]);

    private void Ask(Node node, Configuration target)
    {
        ChangeAnswer answer = default;
        world.Do(
            node,
            $"is asked for {target}",
            () => node.Input(() => answer = node.Core.ChangeConfiguration(target)));
        world.Note($"    {answer}");
    }

    private (List<BrokerId> Voters, List<BrokerId> Learners) Draw(Node node, Configuration now)
    {
        List<BrokerId> voters = [.. now.Voters.Voters];
        List<BrokerId> learners = [.. now.Learners];
        List<BrokerId> strangers = [.. world.Nodes.Select(other => other.Id).Where(id => !now.Members.Contains(id))];
        if (now.Outgoing is { } outgoing && random.Next(4) == 0)
            return ([.. outgoing.Voters], learners);

        switch (random.Next(10))
        {
            case 0 or 1 or 2 or 3 when strangers.Count > 0:
                learners.AddRange(strangers.Take(random.Next(1, 4)));
                break;
            case 4 or 5:
                voters.AddRange(learners.Where(_ => random.Next(2) == 0));
                break;
            case 6 or 7:
                List<BrokerId> some = [.. voters.Concat(learners).Where(_ => random.Next(2) == 0)];
                learners = [.. voters.Concat(learners).Where(_ => random.Next(3) == 0)];
                voters = some;
                break;
            case 8:
                voters.AddRange(learners);
                voters.Remove(node.Id);
                break;
            case 9:
                (voters, learners) = (learners, random.Next(2) == 0 ? voters : []);
                break;
            default:
                learners.Clear();
                break;
        }

        return (voters, learners);
    }
}
