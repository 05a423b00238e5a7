using System.Buffers;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Benchmarks.Replication;

/// <summary>A broker's replication side, without the Kafka side.</summary>
internal sealed class LoadBroker : IAsyncDisposable
{
    private static readonly ClusterId Cluster = ClusterId.New(new Random(1));

    private readonly string _directory;
    private readonly VoteJournal _journal;
    private readonly OpenFiles _files;

    public LoadBroker(int id, string root)
    {
        var random = new Random(id);
        var incarnation = Incarnation.New(random);
        var fileSystem = new PosixFileSystem();
        Id = new BrokerId(id);
        _directory = Path.Combine(root, $"{id}");
        string votes = Path.Combine(_directory, "votes");
        bool isKnown = Directory.Exists(votes);
        Directory.CreateDirectory(votes);
        _journal = isKnown
            ? VoteJournal.Open(fileSystem, votes, incarnation)
            : VoteJournal.Create(fileSystem, votes, incarnation);
        _files = new OpenFiles(fileSystem);
        Mesh = new PeerMesh(
            new PeerIdentity(Cluster, Id, incarnation, ProcessIncarnation.New(Random.Shared)),
            PeerMeshOptions.Default,
            new PeerMeshEnvironment(new TcpPeerNetwork(), TimeProvider.System, random, NullLoggerFactory.Instance));
        Host = new ReplicaHost(ReplicaHostOptions.Default, new ReplicaHostEnvironment
        {
            Mesh = Mesh,
            Scheduler = new ThreadScheduler(),
            Time = TimeProvider.System,
            Random = random,
            Loggers = NullLoggerFactory.Instance,
            DataRoot = _directory,
            Fatal = failure => Console.Error.WriteLine(failure),
            Storage = new LogResources
            {
                FileSystem = fileSystem,
                OpenFiles = _files,
                TailCache = new TailCacheBudget(64 << 20),
                Journal = _journal,
                Time = TimeProvider.System,
                Logger = NullLogger.Instance,
            },
        });
        Address = new PeerAddress(Id, Mesh.Start(new HostAndPort("127.0.0.1", 0)));
    }

    public BrokerId Id { get; }

    public PeerMesh Mesh { get; }

    public ReplicaHost Host { get; }

    public PeerAddress Address { get; }

    public Task<Replica> OpenAsync(PartitionId group, VoterSet voters, bool campaign) => Host.StartAsync(
        new ReplicaSpec
        {
            Id = group,
            Voters = voters,
            Directory = Path.Combine(_directory, "topics", group.Topic.ToString(), $"{group.Index}"),
            CampaignAtOnce = campaign,
        },
        new NoMachine());

    /// <summary>As when the process is killed: nothing is written or said any more.</summary>
    public async Task KillAsync()
    {
        await Host.AbandonAsync();
        await Mesh.DisposeAsync();
        _files.Dispose();
        _journal.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Mesh.DisposeAsync();
        _files.Dispose();
        _journal.Dispose();
    }

    private sealed class NoMachine : IReplicaStateMachine
    {
        public void Restore(ReadOnlySpan<byte> checkpoint)
        {
        }

        public void Appended(in LogEntry entry, bool recovering)
        {
        }

        public void Truncated(LogIndex from, Offset nextOffset)
        {
        }

        public void Committed(LogIndex commit, Offset highWatermark)
        {
        }

        public void StatusChanged(ReplicaStatus status)
        {
        }

        public void LeaderReady(Term term)
        {
        }

        public void LogStartMoved(Offset logStart)
        {
        }

        public void WriteCheckpoint(IBufferWriter<byte> into)
        {
        }
    }
}
