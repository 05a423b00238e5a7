using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Broker.Client.Connections;
using Broker.Client.Consuming;
using Broker.Client.Metadata;
using Broker.Model;

namespace Broker.Client;

/// <summary>
/// Reads partitions that were assigned to it, in order within each, following leaders when they move. It reads ahead
/// of its owner by a bounded amount. One owner at a time.
/// </summary>
public sealed class Consumer : IAsyncDisposable
{
    private readonly ClientOptions _options;
    private readonly ConsumerOptions _settings;
    private readonly ConnectionPool _pool;
    private readonly MetadataCache _metadata;
    private readonly OffsetLookup _lookup;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<FetchedBatches> _fetched;
    private Fetcher? _fetcher;
    private Task _fetching = Task.CompletedTask;

    internal Consumer(ClientOptions options, ConsumerOptions settings, ConnectionPool pool, MetadataCache metadata)
    {
        _options = options;
        _settings = settings;
        _pool = pool;
        _metadata = metadata;
        _lookup = new OffsetLookup(options, pool, metadata);
        _fetched = Channel.CreateBounded<FetchedBatches>(settings.ReadAhead);
    }

    /// <summary>How many partitions a topic has.</summary>
    /// <exception cref="RequestException">There is no such topic.</exception>
    public Task<int> PartitionCountAsync(string topic, CancellationToken token = default) =>
        _lookup.PartitionCountAsync(topic, token);

    /// <summary>The offset at which a position stands now.</summary>
    /// <exception cref="RequestException">The partition does not exist, or had no leader in time.</exception>
    public Task<Offset> ResolveAsync(
        TopicPartition partition,
        StartPosition position,
        CancellationToken token = default
    ) => _lookup.ResolveAsync(partition, position, token);

    /// <summary>Begins to read these partitions. Called once, before <see cref="ReadAsync"/>.</summary>
    public async Task AssignAsync(
        IReadOnlyDictionary<TopicPartition, StartPosition> partitions,
        CancellationToken token = default
    )
    {
        if (_fetcher is not null)
        {
            throw new InvalidOperationException("this consumer has its partitions already; make another one");
        }

        List<FetchPosition> positions = [];
        foreach ((TopicPartition partition, StartPosition start) in partitions)
        {
            positions.Add(
                new FetchPosition(partition, await _lookup.ResolveAsync(partition, start, token).ConfigureAwait(false))
            );
        }

        _fetcher = new Fetcher(_options, _settings, _pool, _metadata, _fetched.Writer, positions);
        _fetching = _fetcher.RunAsync(_closing.Token);
    }

    /// <summary>The records as they come, without end: it waits for new ones until the token is cancelled.</summary>
    /// <exception cref="RequestException">A partition can't be read, for example because it was deleted.</exception>
    public async IAsyncEnumerable<ConsumedRecord> ReadAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        await foreach (FetchedBatches fetched in _fetched.Reader.ReadAllAsync(token).ConfigureAwait(false))
        {
            foreach (ConsumedRecord record in fetched.Records())
            {
                yield return record;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_closing.IsCancellationRequested)
        {
            await _closing.CancelAsync().ConfigureAwait(false);
            await _fetching.ConfigureAwait(false);
            _closing.Dispose();
        }
    }
}
