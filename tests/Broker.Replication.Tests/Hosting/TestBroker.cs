using Broker.Model;
using Broker.Raft;
using Broker.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Replication.Tests.Hosting;

/// <summary>
/// One broker of a cluster in this process, with real files and sockets. Starts, stops, dies, starts again.
/// </summary>
internal sealed class TestBroker(int id, string directory, ClusterOptions options)
{
    private readonly SortedDictionary<PartitionId, RecordingMachine> _machines = [];
    private VoteJournal? _journal;
    private OpenFiles? _files;
    private VoterSet? _voters;
    private Incarnation _incarnation;

    public BrokerId Id { get; } = new(id);

    public HostAndPort Address { get; private set; } = new("127.0.0.1", 0);

    public PeerMesh Mesh { get; private set; } = null!;

    public ReplicaHost Host { get; private set; } = null!;

    public FaultyFileSystem FileSystem { get; } = new(new PosixFileSystem());

    public Exception? Fatal { get; private set; }

    public bool IsUp { get; private set; }

    public RecordingMachine MachineOf(PartitionId group) => _machines[group];

    public string DirectoryOf(PartitionId group) =>
        Path.Combine(directory, "topics", group.Topic.ToString(), $"{group.Index}");

    /// <summary>While it is stopped: spoils bytes in the middle of the group's log.</summary>
    public void Damage(PartitionId group)
    {
        string path = Directory.GetFiles(DirectoryOf(group), "*.log").Single();
        byte[] bytes = File.ReadAllBytes(path);
        for (int i = bytes.Length / 2; i < (bytes.Length / 2) + 64; i++)
            bytes[i] ^= 0x55;
        File.WriteAllBytes(path, bytes);
    }

    public bool IsConnectedTo(TestBroker other) => other == this || Mesh.SessionWith(other.Id) is not null;

    public Replica ReplicaOf(PartitionId group) => Host.Find(group)!;

    public void Start()
    {
        var random = new Random(id * 7919);
        _incarnation = _incarnation.IsEmpty ? Incarnation.New(random) : _incarnation;
        var self = new PeerIdentity(TestCluster.Id, Id, _incarnation, ProcessIncarnation.New(new Random()));
        Mesh = new PeerMesh(
            self,
            PeerMeshOptions.Default,
            new PeerMeshEnvironment(new TcpPeerNetwork(), TimeProvider.System, random, NullLoggerFactory.Instance));
        string votes = Path.Combine(directory, "votes");
        bool isNew = !Directory.Exists(votes);
        Directory.CreateDirectory(votes);
        _journal = isNew
            ? VoteJournal.Create(FileSystem, votes, _incarnation)
            : VoteJournal.Open(FileSystem, votes, _incarnation);
        _files = new OpenFiles(FileSystem);
        Host = new ReplicaHost(options.Host, new ReplicaHostEnvironment
        {
            Mesh = Mesh,
            Scheduler = new ThreadScheduler(),
            Time = TimeProvider.System,
            Random = random,
            Loggers = NullLoggerFactory.Instance,
            DataRoot = directory,
            Fatal = failure => Fatal = failure,
            Storage = new LogResources
            {
                FileSystem = FileSystem,
                OpenFiles = _files,
                TailCache = new TailCacheBudget(options.TailCacheBytes),
                Journal = _journal,
                Time = TimeProvider.System,
                Logger = NullLogger.Instance,
            },
        });
        Host.StatusChanged += replica =>
        {
            if (replica.Status.MustReopen)
                _ = ReopenAsync(replica.Id);
        };
        Address = Mesh.Start(Address);
        IsUp = true;
    }

    public Task<Replica> OpenAsync(PartitionId group, VoterSet voters, bool campaign)
    {
        _voters = voters;
        _machines[group] = new RecordingMachine();
        return Host.StartAsync(
            new ReplicaSpec
            {
                Id = group,
                Voters = voters,
                Directory = DirectoryOf(group),
                CampaignAtOnce = campaign,
                Log = options.Log,
            },
            _machines[group]);
    }

    /// <summary>As SIGKILL does it: nothing is finished, nothing is said.</summary>
    public async Task KillAsync()
    {
        IsUp = false;
        await Host.AbandonAsync();
        await Mesh.DisposeAsync();
        Close();
    }

    public async Task StopAsync()
    {
        IsUp = false;
        await Host.DisposeAsync();
        await Mesh.DisposeAsync();
        Close();
    }

    // As a broker's reconciler does.
    private async Task ReopenAsync(PartitionId group)
    {
        await Host.StopAsync(group, delete: false);
        await OpenAsync(group, _voters!, campaign: false);
    }

    private void Close()
    {
        _files?.Dispose();
        _journal?.Dispose();
    }
}
