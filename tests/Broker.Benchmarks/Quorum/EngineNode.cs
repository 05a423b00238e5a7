using System.Net;
using System.Net.Sockets;
using Broker.MetadataQuorum;
using Broker.Model;
using Broker.Storage;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Broker.Benchmarks.Quorum;

/// <summary>One node of a DotNext group over its own TCP transport, on its own log or on ours around it.</summary>
internal sealed class EngineNode : IAsyncDisposable
{
    private readonly PosixFileSystem _files = new();
    private readonly WriteAheadLog _log;

    private EngineNode(WriteAheadLog log, RaftCluster cluster)
    {
        _log = log;
        Cluster = cluster;
    }

    public RaftCluster Cluster { get; }

    public long Term => ((IPersistentState)_log).Term;

    public static IPEndPoint[] FreeAddresses(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
            listener.Start();
        IPEndPoint[] addresses = [.. listeners.Select(listener => (IPEndPoint)listener.LocalEndpoint)];
        foreach (TcpListener listener in listeners)
            listener.Stop();
        return addresses;
    }

    public static async Task<EngineNode> StartAsync(string directory, IPEndPoint self, IPEndPoint[] all, bool flushed)
    {
        var configuration = new RaftCluster.TcpConfiguration(self)
        {
            ConfigurationStorage = null!,
            ColdStart = false,
            LowerElectionTimeout = 300,
            UpperElectionTimeout = 600,
            RequestTimeout = TimeSpan.FromSeconds(1),
        };
        var members = await configuration.ConfigurationStorage.LoadConfigurationAsync();
        foreach (IPEndPoint address in all)
            members = members.Add(address);
        await configuration.ConfigurationStorage.SaveConfigurationAsync(members, 0);

        WriteAheadLog log = OpenLog(directory, flushed);
        var node = new EngineNode(log, new RaftCluster(configuration) { AuditTrail = log });
        await node.Cluster.StartAsync();
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.StopAsync();
        await Cluster.DisposeAsync();
        await _log.DisposeAsync();
        _files.Dispose();
    }

    private static WriteAheadLog OpenLog(string directory, bool flushed)
    {
        var options = new WriteAheadLog.Options
        {
            Location = directory,
            ChunkSize = 1 << 20,
            HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.Crc32,
            MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
        };
        IStateMachine machine = IStateMachine.CreateNoOp(2000);
        if (!flushed)
            return new WriteAheadLog(options, machine);
        var files = new LogFiles(new PosixFileSystem(), directory, TimeProvider.System);
        Directory.CreateDirectory(directory);
        files.Create();

        // Nobody comes or goes here: who votes is what the engine was configured with.
        var voters = new VoterStore(new PosixFileSystem(), Path.Combine(directory, "voters"));
        voters.Save(new VoterSet([new BrokerId(1), new BrokerId(2), new BrokerId(3)]), version: 0);
        return new QuorumLog(options, machine, files, DiskReserve.None, voters);
    }
}
