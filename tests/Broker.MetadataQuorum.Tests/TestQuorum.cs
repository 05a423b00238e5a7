using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

/// <summary>Brokers 1 to N with their directories; some vote. All waits of a test have one deadline.</summary>
internal sealed class TestQuorum : IAsyncDisposable
{
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
            (leader = _brokers.Values.FirstOrDefault(broker =>
                broker.Leads && (among.Length == 0 || among.Contains(broker.Id.Value)))) is not null);
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

    public async ValueTask DisposeAsync()
    {
        await _deadline.CancelAsync();
        foreach (TestBroker broker in _brokers.Values)
            await broker.DisposeAsync();
        _deadline.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
