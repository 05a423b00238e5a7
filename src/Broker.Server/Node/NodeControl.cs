using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Broker.Server.Controller.Membership;
using Broker.Server.Controller.Messages;
using Broker.Server.Partitions;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Node;

/// <summary>A broker's part in controlling the cluster: all of Controller, wired together.</summary>
internal sealed class NodeControl
{
    private readonly ControllerService _service;
    private readonly ReplicaRebuilder _rebuilder;

    public NodeControl(
        NodeParts parts,
        BrokerOptions options,
        BrokerEnvironment environment,
        Func<HostedPartitions?> hosted)
    {
        (NodeIdentity identity, IMetadataLog log, NodePeers peers) = (parts.Identity, parts.Log, parts.Peers);
        ControllerTimings timings = ControllerTimings.Default with { Session = options.Raft.BrokerSession };
        TimeProvider time = environment.Time;
        ILogger logger = environment.Loggers.CreateLogger("Broker.Controller");
        var defaults = new TopicDefaults(
            options.Topics.Partitions, options.Topics.ReplicationFactor, TopicDefaults.Default.MaxPartitions)
        {
            MinInSyncReplicas = options.Topics.MinInSyncReplicas,
        };
        var sight = new MeshBrokerSight(
            peers.Mesh, identity.Broker, identity.Process, () => DiskOf(parts, hosted()), timings.Call);
        Watch = new MetadataWatch(log, time);
        var decisions = new DecisionQueue(identity.Broker, log);
        _service = new ControllerService(decisions, log, defaults, sight, timings, time, logger);
        _rebuilder = new ReplicaRebuilder(decisions, log, sight, options.Rebuilds, time, logger);
        Route = new ControllerRoute(
            identity.Broker, Watch, _service, new MeshControllerTransport(peers.Mesh), timings, time, logger);
        var producerIds = new ProducerIdBlock(
            Route, () => new AllocateProducerIds(identity.Broker, identity.Process), timings.Failover);
        Client = new ControllerClient(Route, Watch, producerIds, timings, time);
        Settling = new LeaderSettling(identity.Broker, peers.HasSession, peers.SignOfLifeAsync, time);
        Watch.Changed += Settling.Changed;
        peers.Gone.Lost += Settling.Lost;
        View = new ClusterView(
            identity.Broker, Watch, peers.Gone, peers.Silent, Settling, id => hosted()?.Find(id)?.Leader);
        Reporter = new LeadershipReporter(id => ReportOf(hosted()?.Find(id)));
        Watch.LeaderTold += (partition, leader) => Reporter.Told(partition, leader == identity.Broker);
        Lifecycle = new BrokerLifecycle(
            () => identity.Wish(Watch.Image.ClusterId), Route, Watch, Reporter, timings, time, logger);
        MeshControllerTransport.Serve(peers.Mesh, _service);
        sight.Serve();
        peers.Gone.Went += _service.PeerGone;
    }

    public MetadataWatch Watch { get; }

    public ControllerRoute Route { get; }

    public ControllerClient Client { get; }

    public ClusterView View { get; }

    public LeaderSettling Settling { get; }

    public LeadershipReporter Reporter { get; }

    public BrokerLifecycle Lifecycle { get; }

    /// <summary>The own replica of a partition has changed its role, its leader or its replicas in sync.</summary>
    public void StatusChanged(PartitionId partition)
    {
        Reporter.Changed(partition);
        Settling.Changed();
    }

    /// <summary>What there is to report of a partition; null if this broker does not lead it.</summary>
    public LeadershipReport? ReportOf(Partition? partition) =>
        partition is { Status: { IsLeader: true } status }
            ? new LeadershipReport(partition.Id.Topic, partition.Id.Index, status.Term, View.Self, status.InSync)
            : null;

    /// <summary>The leader's side; does nothing while another broker leads.</summary>
    public Task LeadAsync(CancellationToken cancellation) => _service.RunAsync(cancellation);

    /// <summary>Like <see cref="LeadAsync"/>.</summary>
    public Task RebuildAsync(CancellationToken cancellation) => _rebuilder.RunAsync(cancellation);

    private static RoomReport DiskOf(NodeParts parts, HostedPartitions? hosted) => new(
        parts.Storage.Resources.Reserve.RoomForRecords,
        hosted?.All().ToDictionary(partition => partition.Id, partition => partition.SizeInBytes)
            ?? []);
}
