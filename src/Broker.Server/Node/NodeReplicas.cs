using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Broker.Server.Coordination;
using Broker.Server.Elections;
using Broker.Server.Groups;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Reading;
using Broker.Server.Reconciliation;
using Broker.Server.Transactions;
using Broker.Server.Transactions.Ending;
using Broker.Server.Transactions.Verifying;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Node;

/// <summary>The replicas of a broker: the host that runs them, what they mean to clients, and what keeps them in
/// order.</summary>
internal sealed class NodeReplicas : IAsyncDisposable
{
    private const int DiskReadLoops = 4;
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(20);

    private readonly ReplicaHost _host;
    private readonly DiskReads _diskReads;
    private readonly TimeProvider _time;
    private volatile bool _abandoned;

    public NodeReplicas(
        NodeParts parts,
        NodeControl control,
        BrokerOptions options,
        BrokerEnvironment environment,
        Action<Exception> fatal)
    {
        _time = environment.Time;
        _diskReads = new DiskReads(environment.Scheduler, DiskReadLoops);
        _host = NewHost(parts, options, environment, fatal);
        ILogger logger = environment.Loggers.CreateLogger("Broker.Partitions");
        Partitions = new HostedPartitions(
            new PartitionResources
            {
                Proposals = new ProduceProposalPool(parts.Listeners.Deadlines),
                DiskReads = _diskReads,
                HasLostMajority = control.View.HasLostMajority,
                Verifier = options.Transactions.AreServed ? NewVerifier(parts.Peers.Mesh, control.View) : null,
                Time = environment.Time,
                Logger = logger,
            },
            control.StatusChanged);
        Groups = new GroupCoordinators(control.View, new GroupResources
        {
            Offsets = options.Offsets,
            Groups = options.Groups,
            Deadlines = parts.Listeners.Deadlines,
            NewId = new MemberIds(parts.Identity.Process).Next,
            Logger = environment.Loggers.CreateLogger("Broker.Groups"),
        });
        Transactions = NewTransactions(parts, control, options, environment);
        Reconciler = new ReplicaReconciler(
            parts.Identity.Broker,
            control.Watch,
            new LocalReplicas(_host, parts.Storage, new CoordinatorMachines(Groups, Transactions)),
            Partitions,
            options.Topics.Configs,
            environment.Time,
            logger);
        _host.StatusChanged += replica =>
        {
            if (replica.Status.MustReopen)
                Reconciler.Reopen(replica.Id);
        };
        Moves = new ReassignmentKeeper(
            parts.Identity.Broker,
            _host,
            control.Watch,
            control.Route,
            options.Moves.ConcurrentPartitions,
            environment.Time,
            logger);
        Retention = new RetentionKeeper(
            _host, Partitions, options.Topics, Expire, environment.Time, logger);
        control.Watch.TopicGone += Groups.TopicGone;
        Leaders = NewLeaders(control, options.Leadership, logger);
        Elections = NewElections(parts.Peers.Mesh, control);
    }

    public HostedPartitions Partitions { get; }

    public GroupCoordinators Groups { get; }

    public TransactionCoordinators Transactions { get; }

    public ReplicaReconciler Reconciler { get; }

    public RetentionKeeper Retention { get; }

    public ReassignmentKeeper Moves { get; }

    public PreferredLeaderKeeper Leaders { get; }

    public PreferredElections Elections { get; }

    public bool Counts(PartitionId id) => _host.Find(id) is { Status: { Abstains: false, MustReopen: false } };

    /// <summary>Waits until no partition that this broker leads still has to commit an entry of its own term.</summary>
    public async Task UntilLedAreReadyAsync(CancellationToken cancellation)
    {
        while (_host.Replicas.Any(replica => replica.Status is { IsLeader: true, IsLeaderReady: false }))
            await Task.Delay(ReadyPoll, _time, cancellation);
    }

    /// <summary>Hands over what this broker leads.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        using var expiry = new CancellationTokenSource(limit, _time);
        await _host.DrainAsync(expiry.Token);
    }

    /// <summary>After a fatal failure: nothing is flushed or written any more.</summary>
    public void Abandon() => _abandoned = true;

    public async ValueTask DisposeAsync()
    {
        if (_abandoned)
            await _host.AbandonAsync();
        else
            await _host.DisposeAsync();
        _diskReads.Dispose();
    }

    private static ReplicaHost NewHost(
        NodeParts parts, BrokerOptions options, BrokerEnvironment environment, Action<Exception> fatal) => new(
        OptionsOf(environment.Replicas, options),
        new ReplicaHostEnvironment
        {
            Mesh = parts.Peers.Mesh,
            Scheduler = environment.Scheduler,
            Time = environment.Time,
            Random = new Random(environment.Random.Next()),
            Loggers = environment.Loggers,
            Storage = parts.Storage.Resources,
            DataRoot = parts.Storage.Root,
            Power = parts.Storage.Power,
            Fatal = fatal,
        });

    private void Expire()
    {
        Groups.Expire();
        Transactions.Expire();
    }

    // Partitions ask coordinators, and coordinators write to partitions.
    private MeshVerifier NewVerifier(PeerMesh mesh, ClusterView view)
    {
        var verifier = new MeshVerifier(view, mesh, ask => Transactions.Verify(ask));
        verifier.Serve();
        return verifier;
    }

    private TransactionCoordinators NewTransactions(
        NodeParts parts, NodeControl control, BrokerOptions options, BrokerEnvironment environment)
    {
        var markers = new MeshMarkerTransport(
            parts.Identity.Broker, parts.Peers.Mesh, new MarkersHere(Partitions, environment.Time));
        markers.Serve();
        return new TransactionCoordinators(control.View, new TransactionResources
        {
            Options = options.Transactions,
            WriteTimeout = options.Offsets.CommitTimeout,
            Deadlines = parts.Listeners.Deadlines,
            NextProducerId = control.Client.NextProducerIdAsync,
            Markers = new MarkerWriter(control.View, markers, environment.Time),
            Logger = environment.Loggers.CreateLogger("Broker.Transactions"),
        });
    }

    private PreferredLeaderKeeper NewLeaders(NodeControl control, LeadershipOptions options, ILogger logger) => new(
        control.View.Self,
        _host,
        control.Watch,
        id => control.ReportOf(Partitions.Find(id)),
        options,
        _time,
        logger);

    private PreferredElections NewElections(PeerMesh mesh, NodeControl control)
    {
        var led = new LedHere(_host.Find);
        MeshElectionTransport.Serve(mesh, led);
        return new PreferredElections(control.View, control.Watch, led, new MeshElectionTransport(mesh), _time);
    }

    private static ReplicaHostOptions OptionsOf(ReplicaHostOptions unset, BrokerOptions options) => unset with
    {
        Tick = options.Raft.Tick,
        LagLimit = options.Raft.ReplicaLag,
        RebuildDelay = options.Rebuilds.Delay,
        CatchUpBytesPerSecond = options.Moves.CatchUpBytesPerSecond,
        ScrubInterval = options.Scrub.Interval,
        ScrubBytesPerSecond = options.Scrub.BytesPerSecond,
        Raft = unset.Raft with
        {
            HeartbeatTicks = TicksOf(options.Raft.Heartbeat, options.Raft.Tick),
            ElectionTicks = TicksOf(options.Raft.ElectionMin, options.Raft.Tick),
        },
    };

    private static int TicksOf(TimeSpan span, TimeSpan tick) => Math.Max(1, (int)Math.Ceiling(span / tick));
}
