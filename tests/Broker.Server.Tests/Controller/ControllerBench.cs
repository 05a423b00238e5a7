using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Broker.Server.Controller.Messages;
using Broker.Server.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Server.Tests.Controller;

/// <summary>The controllers of three brokers over a metadata group in memory; calls between them travel as
/// bytes.</summary>
internal sealed class ControllerBench : IControllerTransport, IBrokerSight
{
    public static readonly BrokerId[] Brokers = [new(1), new(2), new(3)];

    private readonly Dictionary<BrokerId, ControllerService> _services = [];
    private readonly Dictionary<BrokerId, MetadataWatch> _watches = [];
    private readonly Dictionary<BrokerId, DecisionQueue> _decisions = [];
    private readonly Dictionary<BrokerId, IMetadataLog> _logs = [];

    public ControllerBench(int level = FeatureLevel.Newest)
    {
        var random = new Random(1);
        Group.Commit(new ClusterCreated(ClusterId.New(random), level));
        foreach (BrokerId broker in Brokers)
        {
            Details[broker] = new BrokerRegistered(
                broker,
                Incarnation.New(random),
                ProcessIncarnation.New(random),
                new HostAndPort("127.0.0.1", 9192 + broker.Value),
                [new BrokerListener("PLAIN", new HostAndPort("127.0.0.1", 9092 + broker.Value))],
                "rack-" + broker,
                FeatureLevel.Oldest,
                FeatureLevel.Newest);
            IMetadataLog log = Group.Join(broker);
            var watch = new MetadataWatch(log, Time);
            watch.Begin();
            _watches[broker] = watch;
            DecisionQueue decisions = _decisions[broker] = new DecisionQueue(broker, log);
            _logs[broker] = log;
            _services[broker] = new ControllerService(
                decisions,
                log,
                TopicDefaults.Default,
                this,
                ControllerTimings.Default,
                Time,
                NullLogger.Instance);
            Routes[broker] = new ControllerRoute(
                broker, watch, _services[broker], this, ControllerTimings.Default, Time, NullLogger.Instance);
        }
    }

    public MetadataGroupFake Group { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public Dictionary<BrokerId, BrokerRegistered> Details { get; } = [];

    public Dictionary<BrokerId, ControllerRoute> Routes { get; } = [];

    public static RebuildOptions Rebuilds { get; } = new()
    {
        IsOn = true,
        Delay = TimeSpan.FromSeconds(5),
        ConcurrentPartitions = 2,
    };

    public EventLog Logger { get; } = new();

    public HashSet<BrokerId> Unreachable { get; } = [];

    /// <summary>Those of others have room for everything.</summary>
    public SortedDictionary<BrokerId, RoomReport> Disks { get; } = [];

    public int DisksAsked { get; private set; }

    public ControllerClient ClientOf(BrokerId broker) => new(
        Routes[broker],
        _watches[broker],
        new ProducerIdBlock(
            Routes[broker],
            () => new AllocateProducerIds(broker, Details[broker].Process),
            ControllerTimings.Default.Failover),
        ControllerTimings.Default,
        Time);

    public MetadataWatch WatchOf(BrokerId broker) => _watches[broker];

    public ControllerService ServiceOf(BrokerId broker) => _services[broker];

    public ReplicaRebuilder RebuilderOf(BrokerId broker, RebuildOptions options) => new(
        _decisions[broker], _logs[broker], this, options, Time, Logger);

    public async Task RegisterAllAsync()
    {
        foreach (BrokerId broker in Brokers)
        {
            var wish = new BrokerWish(ClusterId.Empty, Details[broker]);
            await Routes[broker].AskAsync(new RegisterBroker(wish), TimeSpan.FromSeconds(1), default);
        }
    }

    public static TopicWish Wish(string name, int partitions = 3) =>
        new(name, TopicId.New(new Random(name.Length)), partitions, 3, default, default);

    /// <summary>All partitions say that their first replica leads them.</summary>
    public void LeadAll(string topic)
    {
        TopicImage image = Group.Image.FindTopic(topic)!;
        Group.Commit(new LeadershipReported([.. image.Partitions.Select((partition, i) => new LeadershipReport(
            image.Id, i, new Term(1), partition.Replicas[0], [.. partition.Replicas.Order()]))]));
    }

    /// <summary>Moves the clock until the task is done.</summary>
    public async Task<T> RunAsync<T>(Task<T> task)
    {
        for (int i = 0; i < 10_000 && !task.IsCompleted; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        return await task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    async ValueTask<ControllerReply?> IControllerTransport.CallAsync(
        BrokerId broker, ControllerRequest request, TimeSpan patience, CancellationToken cancellation)
    {
        if (Unreachable.Contains(broker))
            return null;
        ControllerRequest received = ControllerJson.DecodeRequest(ControllerJson.Encode(request));
        ControllerReply reply = await _services[broker].HandleAsync(received, cancellation);
        return ControllerJson.DecodeReply(ControllerJson.Encode(reply));
    }

    ProcessIncarnation? IBrokerSight.Seen(BrokerId broker) =>
        Unreachable.Contains(broker) ? null : Details[broker].Process;

    Task<DiskSurvey> IBrokerSight.AskDisksAsync(IEnumerable<BrokerId> brokers, CancellationToken cancellation)
    {
        DisksAsked++;
        return Task.FromResult(new DiskSurvey(
            Disks.Where(disk => brokers.Contains(disk.Key)).ToImmutableSortedDictionary(), []));
    }
}
