using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Simulation.Disks;
using Broker.Simulation.Invariants;
using Broker.Simulation.Network;
using Broker.Simulation.Time;
using Broker.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>A machine with the replication side of a broker, and nothing above it.</summary>
internal sealed class ReplicaSeat : Machine
{
    private const string Root = "/data";
    private const string Votes = "/data/votes";
    private const int SegmentHeaderBytes = 160;
    private const int CheckpointHeaderBytes = 8;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly ReplicaWorld _world;
    private readonly List<ReplicaRecord> _records = [];
    private readonly List<byte[]> _beforeDecay = [];
    private readonly List<byte[]> _beforePowerCut = [];
    private Incarnation _incarnation;
    private bool _isWiped;
    private PeerMesh? _mesh;
    private ReplicaHost? _host;

    public ReplicaSeat(ReplicaWorld world, BrokerId id)
        : base(world, id, NewDisk(world.Queue, out Incarnation incarnation))
    {
        _world = world;
        _incarnation = incarnation;
        MakeDirectories();
    }

    /// <summary>Its disk may have lost bits: a replica here may be damaged without being at fault.</summary>
    public bool IsRotten { get; set; }

    /// <summary>Every replica takes part.</summary>
    public bool IsComplete { get; private set; }

    public ReplicaHost? Host => IsUp ? _host : null;

    /// <summary>What this process has read again in the background.</summary>
    public long ScrubbedBytes => Host?.Scrub.Bytes ?? 0;

    public IReadOnlyList<ReplicaRecord> Records => _records;

    public ReplicaRecord? RecordOf(GroupRecord group) => _records.Find(record => record.Group == group);

    public Replica? Find(GroupRecord group) => Host?.Find(group.Id);

    public bool IsAsleep(GroupRecord group) => Find(group)?.Owner.IsAsleep == true;

    /// <summary>
    /// Whether the value is on the disk. What was there before bits were lost counts: an answer may be on its way
    /// since then, and is no lie.
    /// </summary>
    public bool IsFlushed(GroupRecord group, byte[] token) => IsDurable(group, token)
        || (group.IsRelaxed && WasWritten(group, token))
        || (IsRotten && Disk.IsDurable($"{DirectoryOf(group)}/damaged", token))
        || _beforeDecay.Exists(bytes => bytes.AsSpan().IndexOf(token) >= 0);

    /// <summary>No power cut takes it away.</summary>
    public bool IsDurable(GroupRecord group, byte[] token) => Disk.IsDurable(DirectoryOf(group), token);

    // An answer may be on its way since before the power failed.
    private bool WasWritten(GroupRecord group, byte[] token) => Disk.IsWritten(DirectoryOf(group), token)
        || _beforePowerCut.Exists(bytes => bytes.AsSpan().IndexOf(token) >= 0);

    /// <summary>Term and vote as they would be after a power cut; empty if all of them were lost.</summary>
    public GroupState DurableVote(GroupRecord group)
    {
        try
        {
            using VoteJournal journal = VoteJournal.Open(Disk.Durable(), Votes, _incarnation);
            return journal.Get(group.Id);
        }
        catch (VoteJournalDamagedException)
        {
            return GroupState.Empty;
        }
    }

    /// <summary>
    /// Somebody put in an empty disk: as the metadata group says, it then abstains until it is filled.
    /// </summary>
    public void Wipe()
    {
        Disk = NewDisk(Queue);
        _incarnation = Incarnation.New(Queue.Random);
        _isWiped = true;
        MakeDirectories();
    }

    /// <summary>
    /// A bit of a group's segments changes, but of the newest: those have been flushed for long, and are marked. False:
    /// there is none.
    /// </summary>
    public bool Decay(GroupRecord group, int butNewest)
    {
        List<string> names = SegmentNames(group);
        if (names.Count <= butNewest)
            return false;

        string path = $"{DirectoryOf(group)}/{names[Queue.Random.Next(names.Count - butNewest)]}";
        int length = Disk.Contents(path).Length;
        int from = Math.Min(length / 4, SegmentHeaderBytes);
        IsRotten = true;
        _beforeDecay.Add(Disk.Contents(path));
        Disk.FlipBit(path, Queue.Draw(from, length - 1), Queue.Random.Next(8));
        return true;
    }

    /// <summary>At its next start the checkpoint of this group is gone, or has lost a bit.</summary>
    public GroupRecord? LosesCheckpointOf { get; set; }

    /// <summary>A replica ends here and begins anew, as a reconciler does that; the process goes on.</summary>
    public void Reopen(GroupRecord group)
    {
        if (IsComplete && Host is { } host && host.Find(group.Id) is not null)
            Queue.After(1, Life, "reopen", () => _ = ReopenAsync(Life, host, group, new SimulatedTime(Queue, Life)));
    }

    public int SegmentsOf(GroupRecord group) => SegmentNames(group).Count;

    private List<string> SegmentNames(GroupRecord group) =>
        [.. Disk.ListFiles(DirectoryOf(group)).Where(file => file.EndsWith(".log", StringComparison.Ordinal))];

    private static SimulatedFileSystem NewDisk(EventQueue queue, out Incarnation incarnation)
    {
        incarnation = Incarnation.New(queue.Random);
        return NewDisk(queue);
    }

    private static string DirectoryOf(GroupRecord group) => $"{Root}/groups/{group.Name}";

    private void MakeDirectories()
    {
        foreach (string path in (string[])[Root, Votes, $"{Root}/groups"])
            Disk.CreateDirectory(path);
        VoteJournal.Create(Disk, Votes, _incarnation).Dispose();
        Disk.FlushFileSystem(Root);
    }

    protected override void Starting()
    {
        IsComplete = false;
        _records.Clear();
    }

    protected override void Ended()
    {
        IsComplete = false;
        // Only what would outlive it as garbage in this process: meters.
        if (_host is not null)
            _ = _host.AbandonAsync().AsTask();
        _mesh?.Context.Metrics.Dispose();
        _host = null;
        _mesh = null;
    }

    /// <summary>What was written and not flushed may be gone.</summary>
    private void LosePower()
    {
        foreach (GroupRecord group in _world.Groups.Where(group => group.IsRelaxed))
        {
            group.Powerless.Add(Id);
            _beforePowerCut.Add(Disk.Written(DirectoryOf(group)));
        }
    }

    protected override void PoweredOff() => LosePower();

    protected override async Task LiveAsync(Life life)
    {
        LoseCheckpoint();
        var files = new LifeFileSystem(Disk, life);
        var time = new SimulatedTime(Queue, life);
        var random = new Random(Queue.Random.Next());
        ILoggerFactory loggers =
            Queue.Trace.IsOn ? new TraceLoggers(Queue, Name) : NullLoggerFactory.Instance;
        var journal = VoteJournal.Open(files, Votes, _incarnation);
        Disk.FlushFails = LosePower;
        _mesh = new PeerMesh(
            new PeerIdentity(_world.Cluster, Id, _incarnation, ProcessIncarnation.New(random)),
            PeerMeshOptions.Default,
            new PeerMeshEnvironment(_world.Network.For(Id, life), time, random, loggers));
        _host = new ReplicaHost(_world.HostOptions, new ReplicaHostEnvironment
        {
            Mesh = _mesh,
            Scheduler = new SimulatedScheduler(Queue, life),
            Time = time,
            Random = random,
            Loggers = loggers,
            DataRoot = Root,
            Power = PowerMark.Begin(files, Root, BootId, journal),
            Fatal = failure => Failed(life, failure),
            Storage = new LogResources
            {
                FileSystem = files,
                OpenFiles = new OpenFiles(files),
                TailCache = new TailCacheBudget(_world.TailCacheBytes),
                Journal = journal,
                Reserve = DiskReserve.Open(files, Root, _world.ReserveBytes),
                Time = time,
                Logger = loggers.CreateLogger("log"),
            },
        });
        ReplicaHost host = _host;
        host.StatusChanged += replica =>
        {
            if (replica.Status.MustReopen)
                Queue.After(1, life, "reopen", () => _ = ReopenAsync(life, host, replica.Id, time));
        };
        _mesh.Start(SimulatedNetwork.AddressOf(Id));
        _mesh.SetPeers(_world.Addresses);
        foreach (GroupRecord group in _world.Groups)
            await StartAsync(_host, group, time);
        IsComplete = true;
    }

    private void LoseCheckpoint()
    {
        if (LosesCheckpointOf is not { } group)
            return;

        string path = $"{DirectoryOf(group)}/checkpoint";
        LosesCheckpointOf = null;
        if (!Disk.FileExists(path))
            return;

        Queue.Trace.Note(Queue.Now, Name, $"has lost the checkpoint of {group.Name}");
        // Not of its version: a checkpoint of a newer broker is refused, and never taken for damage.
        if (Queue.Chance(0.5) && Disk.Contents(path).Length is > CheckpointHeaderBytes and var length)
        {
            Disk.FlipBit(path, Queue.Draw(CheckpointHeaderBytes, length - 1), Queue.Random.Next(8));
            return;
        }

        Disk.DeleteFile(path);
        Disk.FlushDirectory(DirectoryOf(group));
    }

    // As a broker does: a log that can't be opened now (no room, damage just found) is tried again.
    private async Task StartAsync(ReplicaHost host, GroupRecord group, TimeProvider time)
    {
        while (true)
        {
            try
            {
                await StartAsync(host, group);
                return;
            }
            catch (StorageException failure) when (failure is not FlushFailedException)
            {
                Queue.Trace.Note(Queue.Now, Name, $"{group.Name} does not start: {failure.Message}");
                _records.RemoveAll(record => record.Group == group);
                await Task.Delay(RetryAfter, time);
            }
        }
    }

    // As a broker's reconciler does: opened anew, the log ends before the damage and can be filled.
    private async Task ReopenAsync(Life life, ReplicaHost host, PartitionId id, TimeProvider time)
    {
        GroupRecord group = _world.Groups.Find(known => known.Id == id)!;
        if (host.Find(id) is not { Status: { MustReopen: true } status })
            return;

        if (status.IsDamaged && !IsRotten)
            _world.Findings.Add($"{Name}, {group.Name} met damage though no bit was lost");
        await ReopenAsync(life, host, group, time);
    }

    private async Task ReopenAsync(Life life, ReplicaHost host, GroupRecord group, TimeProvider time)
    {
        try
        {
            await host.StopAsync(group.Id, delete: false);
            _records.RemoveAll(record => record.Group == group);
            await StartAsync(host, group, time);
        }
        catch (Exception failure) when (life.IsAlive)
        {
            Failed(life, failure);
        }
        catch (Exception)
        {
            // It died meanwhile.
        }
    }

    private async Task StartAsync(ReplicaHost host, GroupRecord group)
    {
        var record = new ReplicaRecord(Id, group, Lives);
        _records.Add(record);
        var spec = new ReplicaSpec
        {
            Id = group.Id,
            Voters = group.Voters,
            Directory = DirectoryOf(group),
            Log = _world.LogOptions,
            CampaignAtOnce = group.Voters.Voters[0] == Id && !_isWiped,
            Abstains = _isWiped,
            IsRelaxed = group.IsRelaxed,
        };
        Replica replica = await host.StartAsync(spec, new TestMachine(record, _world.Invariants));
        record.LeadsNow = () => replica.Owner.Core.Role == RaftRole.Leader;
        if (replica.Log.Damage is { } damage && !IsRotten)
            _world.Findings.Add($"{record} is damaged at {damage.At} though no bit was");
    }
}
