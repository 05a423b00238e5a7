using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants.Members;

/// <summary>
/// No two nodes could be elected at the same time by voters of which none is asked by both (4.1, figure 4.2): each by
/// the configuration that it goes by, and by those only whose logs let them vote for it. That one of them would find
/// the other's configuration in its log a moment later helps nobody.
/// </summary>
public sealed class QuorumsAreNeverDisjoint : Invariant
{
    private readonly Dictionary<BrokerId, (LogIndex, long, bool Up, bool Abstains)> _seen = [];

    public override void AfterEvent(World world, Node node)
    {
        MemoryLog log = LogOf(node);
        (LogIndex, long, bool, bool) now =
            (log.LastIndex, log.FingerprintAt(log.LastIndex), node.IsUp, Abstains(node));
        if (_seen.TryGetValue(node.Id, out var before) && before == now)
            return;

        _seen[node.Id] = now;
        Candidacy[] all =
            [.. world.Nodes.Where(other => !Abstains(other)).Select(other => Candidate(world, other))];
        if (all.All(one => one.Configuration.Equals(all[0].Configuration)))
            return;

        for (int i = 0; i < all.Length; i++)
        {
            for (int j = i + 1; j < all.Length; j++)
            {
                if (!all[i].Configuration.Equals(all[j].Configuration))
                    Check(all[i], all[j]);
            }
        }
    }

    private static bool Abstains(Node node) => node.Abstains || node.MayHaveLostTail;

    private static MemoryLog LogOf(Node node) => node.IsUp ? node.Log : node.DurableLog;

    private static Candidacy Candidate(World world, Node node)
    {
        MemoryLog log = LogOf(node);
        int electors = 0;
        foreach (Node voter in world.Nodes)
        {
            MemoryLog other = LogOf(voter);
            bool wouldVote = log.LastTerm > other.LastTerm
                || (log.LastTerm == other.LastTerm && log.LastIndex >= other.LastIndex);
            if (wouldVote && !Abstains(voter))
                electors |= Bit(voter.Id);
        }

        Configuration configuration = node.InForceIn(log).Configuration;
        return new Candidacy(
            node.Id, configuration, electors, Deciding(world, configuration.Voters),
            configuration.Outgoing is { } outgoing ? Deciding(world, outgoing) : 0);
    }

    /// <summary>Whose majority elects: of two voters, the other alone where one abstains.</summary>
    private static int Deciding(World world, VoterSet half)
    {
        BrokerId[] counting = [.. half.Voters.Where(id => !Abstains(world.Nodes[id.Value - 1]))];
        bool isLoneOfTwo = half.Voters.Length == 2 && counting.Length == 1;
        return isLoneOfTwo ? Bit(counting[0]) : half.Voters.Sum(Bit);
    }

    private static int Bit(BrokerId id) => 1 << (id.Value - 1);

    private void Check(in Candidacy one, in Candidacy other)
    {
        if (!one.IsElectedBy(one.Electors) || !other.IsElectedBy(other.Electors))
            return;

        // All subsets of the voters that would elect the first.
        for (int votes = one.Electors; votes > 0; votes = (votes - 1) & one.Electors)
        {
            bool disjoint = one.IsElectedBy(votes) && other.IsElectedBy(other.Electors & ~votes);
            Require(!disjoint, $"{one.Node} by {one.Configuration}, and {other.Node} by {other.Configuration}");
        }
    }

    private readonly record struct Candidacy(
        BrokerId Node, Configuration Configuration, int Electors, int Voters, int Outgoing)
    {
        public bool IsElectedBy(int votes) =>
            IsMajority(votes, Voters) && (Outgoing == 0 || IsMajority(votes, Outgoing));

        private static bool IsMajority(int votes, int voters) =>
            2 * int.PopCount(votes & voters) > int.PopCount(voters);
    }
}
