using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

/// <summary>Brokers 1 to N with their directories; some vote. All waits of a test have one deadline.</summary>
internal sealed class TestQuorum : IAsyncDisposable
{
    /// <summary>For one change of the voters; the deadline is shorter.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(70);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("metadata-quorum-").FullName;
    private readonly LoopbackNetwork _network = new();
    private readonly CancellationTokenSource _deadline = new(Deadline);
    private readonly SortedDictionary<int, TestBroker> _brokers = [];
    private readonly ImmutableArray<BrokerId> _voters;
    private int _lives;

    public TestQuorum(int voters) =>
        _voters = [.. Enumerable.Range(1, voters).Select(id => new BrokerId(id))];

    public CancellationToken Token => _deadline.Token;

    public IReadOnlyCollection<TestBroker> Brokers => _brokers.Values;

    public Func<QuorumOptions, QuorumOptions> Tune { get; init; } = options => options;

    public IReadOnlyList<BrokerId> Configured => _voters;

    public TestBroker this[int id] => _brokers[id];

    public static async Task<TestQuorum> StartAsync(int voters, Func<QuorumOptions, QuorumOptions>? tune = null)
    {
        var quorum = new TestQuorum(voters) { Tune = tune ?? (options => options) };
        for (int id = 1; id <= voters; id++)
            quorum.Start(id);
        await quorum.LeaderAsync();
        return quorum;
    }

    public string DirectoryOf(int id) => Path.Combine(_root, $"broker-{id}", "metadata");

    /// <summary>Starts a broker on what its directory has; <paramref name="wiped"/> empties it first.</summary>
    public TestBroker Start(int id, bool wiped = false)
    {
        string home = Path.GetDirectoryName(DirectoryOf(id))!;
        if (wiped)
            Directory.Delete(home, recursive: true);
        Directory.CreateDirectory(home);
        string note = Path.Combine(home, "incarnation");
        if (!File.Exists(note))
            File.WriteAllText(note, (id * 1000 + ++_lives).ToString());
        byte[] incarnation = new byte[16];
        BitConverter.TryWriteBytes(incarnation, int.Parse(File.ReadAllText(note)));
        var options = new QuorumOptions(
            DirectoryOf(id), new BrokerId(id), new Incarnation(new Guid(incarnation)), _voters);
        var broker = new TestBroker(Tune(options), _network);
        _brokers[id] = broker;
        broker.Start(Token);
        return broker;
    }

    public async Task<TestBroker> RestartAsync(int id, bool wiped = false)
    {
        await _brokers[id].KillAsync();
        return Start(id, wiped);
    }

    /// <summary>The broker that leads, once one does.</summary>
    public async Task<TestBroker> LeaderAsync(params int[] among)
    {
        TestBroker? leader = null;
        await UntilAsync(() =>
            (leader = _brokers.Values.FirstOrDefault(broker => !broker.IsKilled && broker.Leads
                && (among.Length == 0 || among.Contains(broker.Id.Value)))) is not null);
        return leader!;
    }

    /// <summary>Commits through whoever leads, as often as leadership moves meanwhile.</summary>
    public async Task<long> CommitAsync(MetadataRecord record)
    {
        while (true)
        {
            TestBroker leader = await LeaderAsync();
            ProposeOutcome outcome = await leader.Quorum.ProposeAsync(
                leader.Quorum.Leadership.Term, [record], Token);
            if (outcome.Status == ProposeStatus.Committed)
                return outcome.Index;
            Assert.NotEqual(ProposeStatus.Conflict, outcome.Status);
        }
    }

    /// <summary>Starts a broker beyond the voters and waits until it follows.</summary>
    public async Task<TestBroker> FollowerAsync(int id)
    {
        TestBroker follower = Start(id);
        TestBroker leader = await LeaderAsync();
        await UntilAsync(() => follower.IsOpen && follower.Quorum.Image.ClusterId == leader.Quorum.Image.ClusterId);
        return follower;
    }

    /// <summary>Some voter that follows a leader.</summary>
    public async Task<TestBroker> NoLeaderAsync()
    {
        TestBroker leader = await LeaderAsync();
        await UntilAsync(() => _brokers.Values.All(broker => broker.IsOpen));
        return _brokers.Values.Last(broker => broker != leader && broker.Quorum.IsVoter);
    }

    /// <summary>Changes the voters through any broker, which has to succeed.</summary>
    public async Task ChangeAsync(int by, bool adds, int broker)
    {
        VoterOutcome outcome = adds
            ? await _brokers[by].Quorum.AddAsync(new BrokerId(broker), Patience, Token)
            : await _brokers[by].Quorum.RemoveAsync(new BrokerId(broker), Patience, Token);
        Assert.Equal(VoterOutcome.Done, outcome);
    }

    /// <summary>Waits until all that run know these voters, and exactly these have a vote.</summary>
    public async Task UntilVotersAreAsync(params int[] voters)
    {
        foreach (TestBroker broker in _brokers.Values.Where(broker => broker.IsOpen && !broker.IsKilled))
        {
            QuorumDescription seen;
            do
            {
                seen = await broker.Quorum.DescribeAsync(Token);
            }
            while (!Listed(seen).SequenceEqual(voters)
                || seen.Members.Any(member => member.LogEnd >= 0 && member.Votes != member.IsListed));
        }
    }

    /// <summary>Waits for a condition, looking often. A deadline that passes is a failure.</summary>
    public async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(5, Token);
            TestBroker? failed = _brokers.Values.FirstOrDefault(
                broker => broker.IsOpen && broker.Quorum.Failed.IsCompleted);
            if (failed is not null)
                Assert.Fail($"Broker {failed.Id} failed: {await failed.Quorum.Failed}");
        }
    }

    private static IEnumerable<int> Listed(QuorumDescription seen) =>
        seen.Members.Where(member => member.IsListed).Select(member => member.Broker.Value);

    public async ValueTask DisposeAsync()
    {
        await _deadline.CancelAsync();
        foreach (TestBroker broker in _brokers.Values)
            await broker.DisposeAsync();
        _deadline.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
