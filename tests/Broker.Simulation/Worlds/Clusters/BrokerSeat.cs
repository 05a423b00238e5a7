using System.Globalization;
using Broker.Metadata;
using Broker.Model;
using Broker.Server;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Broker.Simulation.Disks;
using Broker.Simulation.Metadata;
using Broker.Simulation.Network;
using Broker.Simulation.Time;
using Broker.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Simulation.Worlds.Clusters;

/// <summary>A machine with a whole broker: the node as <c>broker serve</c> runs it, in a simulated environment.
/// </summary>
internal sealed class BrokerSeat : Machine
{
    private const string Root = "/data";

    private readonly ClusterWorld _world;
    private readonly List<SimulatedFileSystem> _before = [];
    private CancellationTokenSource _stop = new();
    private BrokerNode? _node;
    private MetadataMember? _metadata;
    private bool _isToStop;
    private TopicConfigDefaults? _defaults;

    public BrokerSeat(ClusterWorld world, BrokerId id)
        : base(world, id, NewDisk(world.Queue)) => _world = world;

    /// <summary>What it knows of the cluster; null while it is down or has not joined.</summary>
    public IClusterView? Cluster => IsUp ? _node?.Cluster : null;

    /// <summary>What it goes by where nothing is set on a topic.</summary>
    public TopicConfigDefaults Defaults => _defaults ??= _world.OptionsOf(Id).Topics.Configs;

    /// <summary>Not one that was told to stop and has not heard it yet, because it pauses.</summary>
    public bool IsReady => IsUp && !_isToStop && _node is { IsReady: true };

    /// <summary>It runs, and what is sent to it is heard.</summary>
    public bool IsThere => IsUp && Life.PausedUntil <= Queue.Now;

    /// <summary>How much of the metadata log it has; of its last life, if it does not run.</summary>
    public long MetadataIndex => _metadata?.Index ?? 0;

    /// <summary>
    /// Whether it is on the disk. What was there before the disk lost something counts: an answer may be on its way
    /// since then, and is no lie.
    /// </summary>
    public bool IsFlushed(PartitionId partition, byte[] token)
    {
        string directory = string.Create(CultureInfo.InvariantCulture, $"{Root}/topics/{partition}");
        return Disk.IsDurable(directory, token) || _before.Exists(disk => disk.IsDurable(directory, token));
    }

    /// <summary>Its replica of a partition runs and counts.</summary>
    public bool Counts(PartitionId partition) => IsUp && _node is { } node && node.Counts(partition);

    /// <summary>What its replica of a partition goes by; null if it runs none.</summary>
    public TopicSettings? SettingsOf(PartitionId partition) => IsUp ? _node?.SettingsOf(partition) : null;

    /// <summary>What is on its disk is going to be lost, or some of it.</summary>
    public void RememberDisk() => _before.Add(Disk.Durable());

    /// <summary>Somebody puts in an empty disk.</summary>
    public void Wipe()
    {
        Disk = NewDisk(Queue);
        _metadata = null;
    }

    /// <summary>SIGTERM: it hands over what it leads, and ends.</summary>
    public void Stop()
    {
        if (!IsUp)
            return;

        Queue.Trace.Note(Queue.Now, Name, "is told to stop");
        _isToStop = true;
        CancellationTokenSource stop = _stop;
        Queue.After(1, Life, "stop", stop.Cancel);
    }

    protected override async Task LiveAsync(Life life)
    {
        var files = new LifeFileSystem(Disk, life);
        var time = new SimulatedTime(Queue, life);
        ILoggerFactory loggers = Queue.Trace.IsOn ? new TraceLoggers(Queue, Name) : NullLoggerFactory.Instance;
        _stop = new CancellationTokenSource();
        var node = new BrokerNode(_world.OptionsOf(Id), new BrokerEnvironment
        {
            Time = time,
            Scheduler = new SimulatedScheduler(Queue, life),
            Files = files,
            BootId = BootId,
            PeerNetwork = _world.Network.For(Id, life),
            Listen = _ => _world.ClientNetwork.Listen(Id, life),
            OpenMetadataLog = (_, _, _, _) => OpenMetadataAsync(life, time),
            Random = new Random(Queue.Random.Next()),
            Loggers = loggers,
            Replicas = _world.HostOptions,
        });
        _node = node;
        await RunAsync(node);
        Queue.After(1, Queue.World, "exits", () =>
        {
            if (Life == life)
                Kill();
        });
    }

    protected override void Starting()
    {
        _node = null;
        _isToStop = false;
        _world.ClientNetwork.PowerOn(Id);
    }

    protected override void Ended() => _node = null;

    protected override void ProcessGone() => _world.ClientNetwork.ProcessGone(Id);

    protected override void PoweredOff() => _world.ClientNetwork.PowerOff(Id);

    private async Task RunAsync(BrokerNode node)
    {
        try
        {
            await node.RunAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop before it was up.
        }
        catch (StorageFullException full) when (!node.Ready.IsCompleted)
        {
            // Without room it does not start, and says so; the operator makes room and starts it again.
            Queue.Trace.Note(Queue.Now, Name, $"does not start: {full.Message}");
        }
    }

    // What it had is still on its disk, but how much of it is committed it may have to hear again.
    private async ValueTask<IMetadataLog> OpenMetadataAsync(Life life, TimeProvider time)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(Queue.Draw(1, 50)), time);
        long index = Queue.Chance(0.5) ? 0 : Queue.Draw(0, MetadataIndex);
        var member = new MetadataMember(Queue, _world.Metadata, life, Id, index);
        _metadata = member;
        _world.Metadata.Join(member);
        return member;
    }
}
