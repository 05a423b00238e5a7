using System.Collections.Immutable;
using Broker.Model;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>
/// Runs all groups of a broker: a few owner loops, a few disk loops, one ticker, one vote journal, the mesh's
/// connections. Nothing here is made per group but memory. All members: any thread.
/// </summary>
public sealed class ReplicaHost : IPeerObserver, IAsyncDisposable
{
    private readonly ReplicaHostEnvironment _environment;
    private readonly ReplicaHostOptions _options;
    private readonly ILogger _log;
    private readonly OwnerLoop[] _loops;
    private readonly WriteLane[] _lanes;
    private readonly VoteLane _votes;
    private readonly CatchUpLane _catchUp;
    private readonly ScrubLane? _scrub;
    private readonly Rebuilds _rebuilds;
    private readonly MessageRouter _router;
    private readonly GroupContext _context;
    private readonly GroupOpening _opening;
    private readonly ITimer _ticker;
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<PartitionId, Replica> _replicas =
        ImmutableSortedDictionary<PartitionId, Replica>.Empty;

    private int _placed;
    private long _ticks;
    private bool _wasShort;
    private int _failed;
    private bool _stopped;

    public ReplicaHost(ReplicaHostOptions options, ReplicaHostEnvironment environment)
    {
        _environment = environment;
        _options = options;
        _log = environment.Loggers.CreateLogger<ReplicaHost>();
        PeerMesh mesh = environment.Mesh;
        BrokerId self = mesh.Self.Broker;
        var memory = new PeerMemory(options.PeerMemoryBytes);
        var metrics = new ReplicationMetrics(self, memory, () => Replicas);
        var services = new LaneServices(metrics, environment.Storage.Reserve, environment.Time, Fail);
        _votes = new VoteLane(environment.Storage.Journal, environment.Scheduler, Fail);
        _catchUp = new CatchUpLane(mesh, options, environment.Scheduler, services, _log);
        if (options.ScrubInterval > TimeSpan.Zero)
        {
            var targets = new ScrubTargets(() => Replicas, Find, mesh.Self.Process);
            _scrub = new ScrubLane(targets, options, environment.Scheduler, services, _log);
        }

        _rebuilds = new Rebuilds(mesh, Find, _log);
        int loops = options.OwnerLoops > 0 ? options.OwnerLoops : Environment.ProcessorCount;
        _loops = [.. Enumerable.Range(0, loops)
            .Select(i => NewLoop($"groups-{i}"))];
        _lanes = [.. Enumerable.Range(0, options.DiskLoops)
            .Select(i => new WriteLane($"disk-{i}", environment.Scheduler, NewPlanner(), services))];
        _router = new MessageRouter(self, memory, item => Tell(item));
        _context = new GroupContext
        {
            Self = self,
            Options = options,
            Mesh = mesh,
            Votes = _votes,
            CatchUp = _catchUp,
            Rebuilds = _rebuilds,
            Memory = memory,
            Reserve = environment.Storage.Reserve,
            Metrics = metrics,
            Log = _log,
            StatusChanged = replica => StatusChanged?.Invoke(replica),
        };
        _opening = new GroupOpening(_context, environment);
        mesh.Deliver(_router);
        mesh.Observe(this);
        _ticker = environment.Time.CreateTimer(_ => Tick(), null, options.Tick, options.Tick);
    }

    /// <summary>A replica's status is another one. Called by the group's owner: must not block.</summary>
    public event Action<Replica>? StatusChanged;

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<Replica> Replicas => [.. Volatile.Read(ref _replicas).Values];

    /// <summary>What has been read again in the background, and what was met.</summary>
    internal ScrubRecord Scrub => _context.Metrics.Scrub;

    public Replica? Find(PartitionId id) => Volatile.Read(ref _replicas).GetValueOrDefault(id);

    /// <summary>
    /// Opens the log, replays what no checkpoint covers, and takes part in the group. The task ends when the replica
    /// does take part. Damage is no failure: the replica abstains.
    /// </summary>
    /// <exception cref="StorageException">The log could not be opened.</exception>
    public async Task<Replica> StartAsync(ReplicaSpec spec, IReplicaStateMachine machine)
    {
        if (Find(spec.Id) is not null)
            throw new InvalidOperationException($"{spec.Id} runs here already.");

        int place = Interlocked.Increment(ref _placed) & int.MaxValue;
        WriteLane lane = _lanes[place % _lanes.Length];
        OwnerLoop loop = _loops[place % _loops.Length];
        GroupOwner owner = await lane.RunAsync(() => _opening.Open(spec, machine, loop, lane));
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(ReplicaEvent.Command(owner, _ =>
        {
            loop.Attach(owner);
            owner.Begin(spec.CampaignAtOnce);
            begun.SetResult();
        }));
        await begun.Task;
        lock (_gate)
            _replicas = _replicas.Add(spec.Id, owner.Replica);
        _router.Add(owner);
        return owner.Replica;
    }

    /// <summary>
    /// Ends a replica here. <paramref name="delete"/> removes its files and votes: only after the committed deletion of
    /// its topic. What was proposed and is not committed yet fails as unknown.
    /// </summary>
    public async Task StopAsync(PartitionId id, bool delete)
    {
        Replica? replica;
        lock (_gate)
        {
            if (!_replicas.TryGetValue(id, out replica))
                return;

            _replicas = _replicas.Remove(id);
        }

        _router.Remove(id);
        await EndAsync(replica.Owner, checkpoint: !delete);
        if (!delete)
            return;

        GroupOwner owner = replica.Owner;
        await owner.Lane.RunAsync(() =>
        {
            _opening.Delete(owner.Directory);
            return true;
        });
        _environment.Storage.Journal.Forget(id);
        _votes.FlushSoon();
        _log.Deleted(id);
    }

    /// <summary>
    /// The files of a replica that does not run are going to be deleted, and its group goes on elsewhere: what this
    /// broker promised still binds it. Durable on return.
    /// </summary>
    public Task ForgetLogAsync(PartitionId id)
    {
        _environment.Storage.Journal.RecordLogLoss(id);
        return _votes.FlushAsync();
    }

    /// <summary>
    /// Hands over every leadership that somebody else can take. Ends when there is none left, or when the token says
    /// so.
    /// </summary>
    public async Task DrainAsync(CancellationToken token)
    {
        long begun = _environment.Time.GetTimestamp();
        int all = Replicas.Count(IsMovable);
        while (!token.IsCancellationRequested && Replicas.Where(IsMovable).ToList() is { Count: > 0 } led)
        {
            try
            {
                await Waiting.AllAsync(led.Select(replica => replica.TransferLeadershipAsync(null, token)));
                if (Replicas.Any(IsMovable))
                    await Task.Delay(_options.Tick, _environment.Time, token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        int left = Replicas.Count(IsMovable);
        _log.Drained(all - left, all, _environment.Time.GetElapsedTime(begun));

        static bool IsMovable(Replica replica) =>
            replica.Status.IsLeader && replica.Owner.Core.Configuration.Voters.Voters.Length > 1;
    }

    /// <summary>
    /// A clean stop: checkpoints, flushes, marks. Leaderships are not handed over, see <see cref="DrainAsync"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_stopped)
                return;

            _stopped = true;
        }

        await _ticker.DisposeAsync();
        try
        {
            if (Volatile.Read(ref _failed) == 0)
                await CloseAllAsync();
        }
        finally
        {
            EndLoops();
        }
    }

    /// <summary>
    /// After a fatal failure: everything stops where it is, as when the process is killed. Nothing is written, flushed
    /// or said any more.
    /// </summary>
    public async ValueTask AbandonAsync()
    {
        lock (_gate)
            _stopped = true;

        Interlocked.Exchange(ref _failed, 1);
        await _ticker.DisposeAsync();
        EndLoops();
    }

    void IPeerObserver.SessionUp(PeerIdentity peer) => Tell(ReplicaEvent.PeerUp(peer.Broker));

    void IPeerObserver.SessionDown(PeerIdentity peer)
    {
    }

    void IPeerObserver.ProcessGone(BrokerId broker, ProcessIncarnation process) => Tell(ReplicaEvent.PeerGone(broker));

    private OwnerLoop NewLoop(string name)
    {
        var parts = new OwnerLoopParts(
            new PeerOutbox(_environment.Mesh),
            new PeerBeats(_options.Raft.ElectionTicks),
            new ElectionHistory(_environment.Time),
            new Random(_environment.Random.Next()));
        return new OwnerLoop(name, _environment.Scheduler, parts, Fail);
    }

    private FlushPlanner NewPlanner() => new(_environment.Storage.FileSystem, _environment.DataRoot);

    private void Tell(in ReplicaEvent item)
    {
        foreach (OwnerLoop loop in _loops)
            loop.Post(item);
    }

    private void Tick()
    {
        foreach (OwnerLoop loop in _loops)
            loop.Tick();

        // Sent in the name of all groups: only while all of them do get ticks. But not every one: where there is much
        // to do, silence would wake all that sleep, and there would be more.
        bool areAlive = Array.TrueForAll(_loops, loop => loop.MissedTicks <= _options.Raft.ElectionTicks / 2);
        if (areAlive && _ticks % _options.Raft.HeartbeatTicks == 0)
            _environment.Mesh.SendBeats();

        if (++_ticks % _options.InTicks(_options.DiskLook) == 0 && _context.Reserve.IsKept)
            _lanes[0].LookSoon();
        if (_ticks % _options.InTicks(_options.UnusedFileLimit) == 0)
            _ = _lanes[0].RunAsync(CloseUnusedFiles);
        if (_ticks % _options.InTicks(_options.RelaxedFlushInterval) == 0)
            Array.ForEach(_lanes, lane => lane.FlushSoon());
        if (_context.Reserve.IsShort != _wasShort)
        {
            _wasShort = !_wasShort;
            Tell(ReplicaEvent.Rouse());
        }

        // Marks and commit indexes ride on the flushes of votes; where nobody votes, one flush for all of them.
        if (_ticks % _options.InTicks(_options.MarkInterval) == 0 && _environment.Storage.Journal.HasUnflushed)
            _votes.FlushSoon();
    }

    private bool CloseUnusedFiles()
    {
        _environment.Storage.OpenFiles.CloseUnused();
        return true;
    }

    private async Task CloseAllAsync()
    {
        await Waiting.AllAsync(Replicas.Select(replica => StopAsync(replica.Id, delete: false)));
        await _lanes[0].RunAsync(() =>
        {
            _environment.Storage.Journal.Flush();
            _environment.Power?.Stop();
            return true;
        });
    }

    private async Task EndAsync(GroupOwner owner, bool checkpoint)
    {
        var written = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        owner.Replica.Tell(_ =>
        {
            Task last = checkpoint ? owner.TakeCheckpoint() ?? Task.CompletedTask : Task.CompletedTask;
            owner.Stop();
            owner.Loop.Detach(owner);
            written.SetResult(last);
        });
        await LastCheckpointAsync(owner, await written.Task);
        await owner.Lane.RunAsync(() =>
        {
            owner.IsClosed = true;
            if (checkpoint)
                owner.Log.Log.Close();
            owner.Log.Log.Dispose();
            return true;
        });
    }

    // Without it the next start replays more; that is no reason not to stop, on a full disk least of all.
    private async Task LastCheckpointAsync(GroupOwner owner, Task checkpoint)
    {
        try
        {
            await checkpoint;
        }
        catch (StorageException failure) when (failure is not FlushFailedException)
        {
            _log.CheckpointFailed(owner.Id, failure.Message);
        }
    }

    private void Fail(Exception failure)
    {
        if (Interlocked.Exchange(ref _failed, 1) != 0)
            return;

        // Relaxed groups promised what a failed flush may have dropped.
        if (failure is FlushFailedException)
            _environment.Power?.Suspect();
        _log.Fatal(failure);
        _environment.Fatal(failure);
    }

    private void EndLoops()
    {
        foreach (OwnerLoop loop in _loops)
            loop.Dispose();
        foreach (WriteLane lane in _lanes)
            lane.Dispose();
        _votes.Dispose();
        _rebuilds.End();
        _catchUp.Dispose();
        _scrub?.Dispose();
        _context.Metrics.Dispose();
    }
}
