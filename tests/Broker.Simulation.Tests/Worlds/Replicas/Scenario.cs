using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Invariants;
using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Replicas;

/// <summary>A world in which only happens what a test makes happen; all invariants watch.</summary>
internal sealed class Scenario : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Scenario(int seed, int brokers = 3, int groups = 1, TimeSpan? scrub = null)
    {
        World = new ReplicaWorld(seed, WorldOptions.Default with
        {
            HasNemesis = false,
            HasClients = false,
            Brokers = brokers,
            Groups = groups,
            ScrubInterval = scrub,
        });
        World.StartAll();
        Until(() => Leader is not null && Seats.All(seat => seat.IsComplete));
    }

    public ReplicaWorld World { get; }

    public GroupRecord Group => World.Groups[0];

    public IReadOnlyList<ReplicaSeat> Seats => World.Seats;

    public ReplicaSeat? Leader => World.Clients.LeaderOf(Group);

    public ReplicaStatus? LeaderStatus => Leader?.Find(Group)?.Status;

    public Term Term => Seats.Max(seat => seat.RecordOf(Group)?.Term ?? Term.Zero);

    public IEnumerable<ReplicaSeat> Followers => Seats.Where(seat => seat != Leader);

    public static IEnumerable<int> SomeSeeds => Enumerable.Range(1, 10);

    public void Until(Func<bool> holds, TimeSpan? limit = null)
    {
        bool held = World.RunUntil(limit ?? Patience, holds);
        Assert.True(held, World.Findings.First ?? "it does not happen in time");
    }

    public void UntilAnswered(List<TestProposal> offered) => Until(
        () => offered.TrueForAll(value => !World.Clients.IsOpen(value)), TimeSpan.FromSeconds(30));

    public void For(int milliseconds)
    {
        World.RunFor(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Null(World.Findings.First);
    }

    /// <summary>Proposed to the leader, or to the broker given; nobody waits for the answer.</summary>
    public List<TestProposal> Propose(int count, ReplicaSeat? to = null)
    {
        ReplicaSeat seat = to ?? Leader!;
        return [.. Enumerable.Range(0, count).Select(_ => World.Clients.Propose(Group, seat, replicas: 1, false))];
    }

    public void Store(int count)
    {
        int wanted = World.Clients.Acknowledged + count;
        Propose(count);
        Until(() => World.Clients.Acknowledged >= wanted);
    }

    /// <summary>
    /// Asks for a linearizable read, and tells its answer once there is one. Asked within the world: what is awaited
    /// outside goes on in the thread pool, at no simulated time.
    /// </summary>
    public Func<bool?> ReadIndex(ReplicaSeat seat)
    {
        bool? answer = null;
        World.Queue.After(1, World.Queue.World, "read", () => _ = AskAsync());
        return () => answer;

        async Task AskAsync() => answer = await seat.Find(Group)!.ReadIndexAsync(CancellationToken.None);
    }

    /// <summary>So much that the first of it is in files only: the tail cache lets it go as more comes.</summary>
    public void FillSegments()
    {
        for (int i = 0; i < 10; i++)
            Store(20);
        For(500);
    }

    /// <summary>All that is committed, from a broker's own log. False: it met damage.</summary>
    public bool Read(ReplicaSeat from) => World.Reader.TryRead(from, Group, LogIndex.Zero, Group.LastCommitted);

    public void Isolate(ReplicaSeat seat)
    {
        foreach (ReplicaSeat other in Seats.Where(other => other != seat))
        {
            World.Network.Cut(seat.Id, other.Id);
            World.Network.Cut(other.Id, seat.Id);
        }
    }

    public void Dispose() => World.End();

    /// <summary>Everything is mended and started; all that was promised has to be there.</summary>
    public void EndsWell()
    {
        World.Heal();
        Assert.Null(World.Converge("in the end"));
    }
}
