using Broker.Client.Connections;
using Broker.Client.Disks;
using Broker.Client.Features;
using Broker.Client.Groups;
using Broker.Client.Metadata;
using Broker.Client.Moving;
using Broker.Client.Replicas;
using Broker.Client.Voters;

namespace Broker.Client;

/// <summary>
/// A client of one cluster. It finds partition leaders by itself and follows them when they move. Producers,
/// consumers and the admin client made from it share its connections and its metadata. Any thread may use it; dispose
/// it last.
/// </summary>
public sealed class BrokerClient : IAsyncDisposable
{
    private readonly ClientOptions _options;
    private readonly ConnectionPool _pool;
    private readonly MetadataCache _metadata;

    private BrokerClient(ClientOptions options)
    {
        _options = options;
        _pool = new ConnectionPool(options);
        _metadata = new MetadataCache(options, _pool);
        Admin = new AdminClient(options, _pool, _metadata);
        Quorum = new QuorumClient(options, Admin);
        Features = new FeatureClient(options, _pool, Admin);
        Draining = new DrainMarks(Admin);
        Replicas = new ReplicaClient(options, _pool);
        Disks = new DiskClient(options, _pool);
        Groups = new GroupClient(options, _pool, Admin);
    }

    /// <summary>Topics and the cluster itself.</summary>
    public AdminClient Admin { get; }

    /// <summary>The group that keeps the cluster's metadata.</summary>
    public QuorumClient Quorum { get; }

    /// <summary>The feature level, which is raised once all brokers are of a new version.</summary>
    public FeatureClient Features { get; }

    /// <summary>Which brokers are to leave the cluster.</summary>
    public DrainMarks Draining { get; }

    /// <summary>The Raft groups of partitions, replica by replica.</summary>
    public ReplicaClient Replicas { get; }

    /// <summary>How much of brokers' disks replicas take.</summary>
    public DiskClient Disks { get; }

    /// <summary>Groups of consumers: who is in them, and how far they are.</summary>
    public GroupClient Groups { get; }

    /// <summary>Makes a client and asks the cluster once, so that wrong addresses show here.</summary>
    /// <exception cref="UnreachableException">None of the bootstrap servers answers.</exception>
    public static async Task<BrokerClient> ConnectAsync(ClientOptions options, CancellationToken token = default)
    {
        BrokerClient client = new(options.Validated());
        try
        {
            await client._metadata.RefreshAsync(token).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Producer CreateProducer(ProducerOptions? options = null) =>
        new(_options, (options ?? ProducerOptions.Default).Validated(), _pool, _metadata);

    public Consumer CreateConsumer(ConsumerOptions? options = null) =>
        new(_options, (options ?? ConsumerOptions.Default).Validated(), _pool, _metadata);

    public ValueTask DisposeAsync() => _pool.DisposeAsync();
}
