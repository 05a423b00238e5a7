using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Node;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Server;

// The order of a start. Each step needs those before it:
//   addresses are bound        a port in use is told at once, before anything was touched
//   the data directory         locked, and of this broker
//   peers                      others can reach us; nothing is promised yet
//   the metadata group         founded or joined; the cluster's id is known
//   registration               the cluster knows this process, and our image holds everything before it
//   replicas                   only now: an old image would take what it does not know for stray
//   clients                    from here on; ready when every partition that we lead can answer

/// <summary>One broker: everything that it is made of, from its start to its orderly end.</summary>
public sealed class BrokerNode
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ResignLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ClientGrace = TimeSpan.FromSeconds(2);

    private readonly BrokerOptions _options;
    private readonly BrokerEnvironment _environment;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception> _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile NodeControl? _control;
    private volatile NodeReplicas? _replicas;
    private volatile bool _isReady;

    public BrokerNode(BrokerOptions options, BrokerEnvironment environment)
    {
        _options = options;
        _environment = environment;
        _logger = environment.Loggers.CreateLogger("Broker.Node");
    }

    /// <summary>Completes when clients are served and every partition that this broker leads can answer.</summary>
    public Task Ready => _ready.Task;

    /// <summary>False again as soon as the broker begins to stop.</summary>
    public bool IsReady => _isReady;

    /// <summary>The cluster as this broker sees it; null until it has joined the metadata group.</summary>
    public IClusterView? Cluster => _control?.View;

    /// <summary>Who leads the metadata group, as far as this broker knows.</summary>
    public BrokerId MetadataLeader => _control?.Watch.Leadership.Leader ?? BrokerId.None;

    /// <summary>
    /// Whether this broker's replica of a partition runs and counts in its group: it does not abstain because of what
    /// it may have lost.
    /// </summary>
    public bool Counts(PartitionId partition) => _replicas?.Counts(partition) == true;

    /// <summary>What the replica of a partition goes by that runs here; null if none does.</summary>
    public TopicSettings? SettingsOf(PartitionId partition) => _replicas?.Partitions.Find(partition)?.Settings;

    /// <summary>
    /// Starts, serves until <paramref name="stop"/> is cancelled, hands over what it leads and ends. Throws what kept
    /// it
    /// from starting or from going on; after a failed flush nothing is handed over or flushed again.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await OpenAndServeAsync(stop);
        }
        catch (NewerVersionException newer)
        {
            throw new RefusedByClusterException(newer.Message, newer);
        }
    }

    private async Task OpenAndServeAsync(CancellationToken stop)
    {
        using NodeListeners listeners = NodeListeners.Bind(_options, _environment);
        using DataDirectory directory = DataDirectory.Open(
            _environment.Files, _options.DataDirectory, _options.Id, _environment.Random);
        using var storage = new NodeStorage(directory, _environment, _options);
        var identity = new NodeIdentity(
            _options.Id, directory.Incarnation, ProcessIncarnation.New(_environment.Random))
        {
            Rack = _options.Rack,
            Listeners = listeners.Advertised,
        };
        await using var peers = new NodePeers(identity, directory.Cluster, _options, _environment);
        HostAndPort bound = peers.Start(_options.PeerBind);
        identity = identity with { Peer = NodeListeners.WithPort(_options.PeerAdvertised, bound) };

        NodeLog.JoiningMetadata(_logger, _options.Id);
        IMetadataLog log = await _environment.OpenMetadataLog(
            MetadataSeat.For(_options, directory, storage.Resources.Reserve), peers.Channel, Fail, stop);
        try
        {
            await ServeAsync(new NodeParts(identity, directory, storage, peers, listeners, log), stop);
        }
        finally
        {
            if (log is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
        }
    }

    private async Task ServeAsync(NodeParts parts, CancellationToken stop)
    {
        NodeReplicas? replicas = null;
        var control = new NodeControl(parts, _options, _environment, () => replicas?.Partitions);
        control.Watch.Changed += () => parts.Peers.Follow(control.Watch.Image);
        control.Watch.Begin();
        _control = control;

        using var work = new NodeWork();
        await JoinClusterAsync(parts, control, stop);
        await using (replicas = new NodeReplicas(parts, control, _options, _environment, Fail))
        {
            _replicas = replicas;
            work.Add(control.LeadAsync);
            work.Add(control.RebuildAsync);
            work.Add(control.Lifecycle.RunAsync);
            Task serving = UntilReadyAsync(parts, control, replicas, work, stop);
            Exception? failure = await work.UntilAsync(serving, _fatal.Task, stop);
            _isReady = false;
            if (failure is not null)
            {
                replicas.Abandon();
                throw failure;
            }

            await LeaveAsync(parts, control, replicas, work);
        }
    }

    private async Task JoinClusterAsync(NodeParts parts, NodeControl control, CancellationToken stop)
    {
        Task known = control.Watch.UntilAsync(image => !image.ClusterId.IsEmpty, Timeout.InfiniteTimeSpan, stop);
        if (await Waiting.FirstAsync(known, _fatal.Task) == _fatal.Task)
            throw await _fatal.Task;
        await known;
        ClusterId cluster = control.Watch.Image.ClusterId;
        parts.Directory.JoinCluster(cluster);
        parts.Peers.Mesh.SetClusterId(cluster);
        NodeLog.Joined(_logger, _options.Id, cluster);
    }

    private async Task UntilReadyAsync(
        NodeParts parts, NodeControl control, NodeReplicas replicas, NodeWork work, CancellationToken stop)
    {
        await control.Lifecycle.Registered.OrCancelledAsync(stop);
        while (!await control.View.BarrierAsync(TimeSpan.FromSeconds(5), stop))
            NodeLog.WaitsForMetadataLeader(_logger);

        work.Add(replicas.Reconciler.RunAsync);
        work.Add(replicas.Retention.RunAsync);
        work.Add(replicas.Moves.RunAsync);
        work.Add(replicas.Leaders.RunAsync);
        await replicas.Reconciler.Settled.OrCancelledAsync(stop);
        parts.Listeners.Serve(HandlersOf(parts, control, replicas), work, ClientGrace);
        await replicas.UntilLedAreReadyAsync(stop);
        _isReady = true;
        _ready.TrySetResult();
        NodeLog.Ready(_logger, _options.Id, replicas.Partitions.Ids().Count);
    }

    private ApiDispatcher HandlersOf(NodeParts parts, NodeControl control, NodeReplicas replicas) =>
        HandlerTable.Create(new HandlerServices
        {
            Options = _options,
            Cluster = control.View,
            Controller = control.Client,
            Elections = replicas.Elections,
            Voters = parts.Log as IMetadataVoters,
            Partitions = replicas.Partitions,
            DiskSpace = () => MeasureDisk(parts.Storage.Resources.Reserve),
            Groups = replicas.Groups,
            Transactions = replicas.Transactions,
            Deadlines = parts.Listeners.Deadlines,
            Random = new Random(_environment.Random.Next()),
            Logger = _environment.Loggers.CreateLogger("Broker.Handlers"),
        });

    private DiskSpace MeasureDisk(DiskReserve reserve) => new(
        _environment.Files.TotalBytes(_options.DataDirectory), reserve.RoomForRecords);

    // Leaderships first, while clients can still ask where they went; then the metadata group's; then clients; then
    // the disk.
    private async Task LeaveAsync(NodeParts parts, NodeControl control, NodeReplicas replicas, NodeWork work)
    {
        NodeLog.Stopping(_logger, _options.Id);
        await replicas.DrainAsync(DrainLimit);
        await LeaveClusterAsync(parts, control);
        await work.StopAsync();
        NodeLog.Stopped(_logger, _options.Id);
    }

    // A disk that fails does so to everybody: the first who tells is heard, and the others are no news.
    private void Fail(Exception failure) => _fatal.TrySetResult(failure);

    // Nobody hears a good-bye or takes over where all other voters are gone, or go while this one waits for them, as
    // where a whole cluster is stopped: then there is nothing to wait for.
    private async Task LeaveClusterAsync(NodeParts parts, NodeControl control)
    {
        IEnumerable<BrokerId> voters = (parts.Log as IMetadataVoters)?.Voters
            ?? _options.MetadataVoters.Select(voter => voter.Id);
        BrokerId[] others = [.. voters.Where(id => id != _options.Id)];
        bool IsFollowed() => others.Any(voter => parts.Peers.Mesh.SessionWith(voter) is not null);
        if (others.Length > 0 && !IsFollowed())
        {
            NodeLog.LeftAlone(_logger);
            return;
        }

        using var limit = new CancellationTokenSource(ResignLimit, _environment.Time);
        var alone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (others.Length > 0 && !IsFollowed())
                alone.TrySetResult();
        }

        parts.Peers.Gone.Lost += Look;
        Look();
        Task leaving = SayGoodByeAsync(parts, control, others.Length > 0, limit.Token);
        bool isAlone = await Waiting.FirstAsync(leaving, alone.Task) == alone.Task;
        parts.Peers.Gone.Lost -= Look;
        if (isAlone)
            limit.Cancel();
        try
        {
            await leaving;
        }
        catch (OperationCanceledException) when (isAlone)
        {
            NodeLog.LeftAlone(_logger);
        }
        catch (OperationCanceledException)
        {
            NodeLog.NotResigned(_logger);
        }
    }

    private async Task SayGoodByeAsync(
        NodeParts parts, NodeControl control, bool isFollowed, CancellationToken cancellation)
    {
        await control.Lifecycle.LeaveAsync(cancellation);
        await parts.Log.ResignAsync(cancellation);
        if (isFollowed)
            await control.Watch.UntilLedByAnotherAsync(_options.Id, ResignLimit, cancellation);
    }
}
