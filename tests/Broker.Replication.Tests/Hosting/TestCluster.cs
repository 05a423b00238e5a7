using System.Text;
using Broker.Model;
using Broker.Raft;
using Xunit;

namespace Broker.Replication.Tests.Hosting;

/// <summary>Brokers in this process, over loopback and a temporary directory each.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public static readonly ClusterId Id = new(new Guid("22222222-2222-4222-8222-222222222222"));

    private readonly string _root = Path.Combine(Path.GetTempPath(), $"broker-replication-{Guid.NewGuid():N}");
    private readonly VoterSet _voters;
    private readonly List<PartitionId> _groups = [];

    private TestCluster(ClusterOptions options)
    {
        Brokers = [.. Enumerable.Range(1, options.Brokers)
            .Select(id => new TestBroker(id, Path.Combine(_root, $"{id}"), options))];
        _voters = VoterSet.Of([.. Brokers.Take(options.Voters).Select(broker => broker.Id)]);
    }

    public IReadOnlyList<TestBroker> Brokers { get; }

    public static PartitionId Group(int index = 0) =>
        new(new TopicId(new Guid("33333333-3333-4333-8333-333333333333")), index);

    public static Task<TestCluster> StartAsync(int groups = 1) => StartAsync(new ClusterOptions(), groups);

    public static async Task<TestCluster> StartAsync(ClusterOptions options, int groups = 1)
    {
        var cluster = new TestCluster(options);
        cluster._groups.AddRange(Enumerable.Range(0, groups).Select(Group));
        foreach (TestBroker broker in cluster.Brokers)
            broker.Start();
        foreach (TestBroker broker in cluster.Brokers)
            broker.Mesh.SetPeers(cluster.Addresses());
        foreach (TestBroker broker in cluster.Brokers)
            await Eventually.BecomesTrue(() => cluster.Brokers.All(broker.IsConnectedTo));
        await Task.WhenAll(cluster.Brokers.Select(cluster.OpenGroupsAsync));
        return cluster;
    }

    /// <summary>Starts a broker that was stopped or killed, with what is on its disk.</summary>
    public async Task RestartAsync(TestBroker broker)
    {
        broker.Start();
        broker.Mesh.SetPeers(Addresses());
        await OpenGroupsAsync(broker);
    }

    public async Task<TestBroker> LeaderAsync(PartitionId? group = null)
    {
        TestBroker? leader = null;
        await Eventually.BecomesTrue(() => (leader = FindLeader(group ?? Group())) is not null);
        return leader!;
    }

    public async Task<IReadOnlyList<TestBroker>> FollowersAsync()
    {
        TestBroker leader = await LeaderAsync();
        return [.. Brokers.Where(broker => broker != leader && broker.IsUp)];
    }

    /// <summary>Proposes texts at whoever leads, each again until it is committed.</summary>
    public async Task ProposeAsync(int from, int count)
    {
        for (int i = from; i < from + count; i++)
        {
            TestOutcome outcome;
            do
            {
                TestBroker leader = await LeaderAsync();
                outcome = await Propose(leader, $"record {i}").Outcome.WaitAsync(
                    TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            }
            while (outcome.Failure is not null);
        }
    }

    public static TestProposal Propose(TestBroker broker, string text, int required = 1, bool leaderOnly = false)
    {
        var proposal = new TestProposal(Encoding.UTF8.GetBytes(text), required, leaderOnly);
        Assert.True(broker.ReplicaOf(Group()).TryPropose(proposal));
        return proposal;
    }

    /// <summary>Waits until all running brokers have committed exactly these records, repeated ones dropped.</summary>
    public async Task AllHaveAsync(int count)
    {
        string[] expected = [.. Enumerable.Range(0, count).Select(i => $"record {i}")];
        foreach (TestBroker broker in Brokers.Where(broker => broker.IsUp))
        {
            await Eventually.BecomesTrue(
                () => broker.MachineOf(Group()).Committed.Distinct().SequenceEqual(expected),
                $"broker {broker.Id} has committed {count} records");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestBroker broker in Brokers.Where(broker => broker.IsUp))
            await broker.KillAsync();

        // A disk loop of a broker that was killed may be in the midst of its last write.
        await Eventually.BecomesTrue(HasDeleted, $"{_root} is deleted");
    }

    private bool HasDeleted()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private TestBroker? FindLeader(PartitionId group) => Brokers
        .Where(broker => broker.IsUp && broker.Host.Find(group)?.Status is { IsLeaderReady: true })
        .MaxBy(broker => broker.ReplicaOf(group).Status.Term);

    private PeerAddress[] Addresses() => [.. Brokers.Select(broker => new PeerAddress(broker.Id, broker.Address))];

    private Task OpenGroupsAsync(TestBroker broker) => Task.WhenAll(_groups.Select(group =>
        broker.OpenAsync(group, _voters, campaign: group.Index % _voters.Voters.Length == broker.Id.Value - 1)));
}
