using Broker.Client.Connections;
using Broker.Client.Metadata;
using Broker.Client.Producing;
using Broker.Model;
using Broker.Protocol.Records;

namespace Broker.Client;

/// <summary>
/// Writes records: collects them into batches for each partition, sends each batch to the partition's leader, and tries
/// again when leaders move. Order within a partition is the order of the calls. Any thread may send.
/// </summary>
public sealed class Producer : IAsyncDisposable
{
    private readonly ClientOptions _options;
    private readonly ProducerOptions _settings;
    private readonly MetadataCache _metadata;
    private readonly Partitioner _partitioner = new();
    private readonly BufferBudget _budget;
    private readonly BatchQueues _queues;
    private readonly BatchSender _sender;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _sending;

    internal Producer(ClientOptions options, ProducerOptions settings, ConnectionPool pool, MetadataCache metadata)
    {
        _options = options;
        _settings = settings;
        _metadata = metadata;
        _budget = new BufferBudget(settings.BufferBytes);
        _queues = new BatchQueues(options, settings, _budget);
        _sender = new BatchSender(options, settings, pool, metadata, _queues);
        _sending = _sender.RunAsync(_closing.Token);
    }

    /// <summary>
    /// Hands a record over and, when it is acknowledged, gives its position. Waits while the buffer is full. The
    /// record's bytes are copied before the first wait for the cluster.
    /// </summary>
    /// <exception cref="RequestException">
    /// The record was refused, or was not acknowledged within <see cref="ProducerOptions.DeliveryTimeout"/>.
    /// </exception>
    public async Task<RecordPosition> SendAsync(ProducerRecord record, CancellationToken token = default) =>
        await (await EnqueueAsync(record, token).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>
    /// As <see cref="SendAsync"/>, in two steps: what is awaited here is room in the buffer, the task inside is the
    /// acknowledgement. For callers that keep many records under way and their order.
    /// </summary>
    public async ValueTask<Task<RecordPosition>> EnqueueAsync(ProducerRecord record, CancellationToken token = default)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        int partitions = await PartitionCountAsync(record.Topic, token).ConfigureAwait(false);
        if (record.Partition is { } wanted && (uint)wanted >= (uint)partitions)
        {
            throw new ArgumentOutOfRangeException(
                nameof(record),
                wanted,
                $"topic '{record.Topic}' has {partitions} partitions"
            );
        }

        int size = RecordBatchBuilder.MaxSizeOf(record.Key?.Length ?? 0, record.Value?.Length ?? 0, record.Headers);
        await _budget.ReserveAsync(size, token).ConfigureAwait(false);
        int partition = record.Partition ?? _partitioner.Choose(record, partitions, size, _settings.BatchBytes);
        long timestamp = (record.Timestamp ?? _options.Clock.GetUtcNow()).ToUnixTimeMilliseconds();
        return _queues.Append(new TopicPartition(record.Topic, partition), record, timestamp, size);
    }

    /// <summary>
    /// Sends what is waiting for company, and waits until everything handed over so far has its outcome.
    /// </summary>
    public Task FlushAsync(CancellationToken token = default) => _queues.FlushAsync(token);

    /// <summary>Flushes, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        await _queues.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async ValueTask<int> PartitionCountAsync(string topic, CancellationToken token)
    {
        Backoff backoff = new(_options);
        long giveUp = Deadlines.After(_options, _options.OperationTimeout);
        ClusterSnapshot snapshot = await _metadata.GetAsync(topic, token).ConfigureAwait(false);
        while (true)
        {
            if (snapshot.Topics.TryGetValue(topic, out TopicSnapshot? known) && known.Leaders.Length > 0)
            {
                return known.Leaders.Length;
            }

            if (Deadlines.HasPassed(_options, giveUp))
            {
                throw new RequestException(
                    Protocol.ErrorCode.UnknownTopicOrPartition,
                    $"topic '{topic}' can't be written"
                );
            }

            await Task.Delay(backoff.Next(), _options.Clock, token).ConfigureAwait(false);
            snapshot = await _metadata.RefreshAsync(token).ConfigureAwait(false);
        }
    }
}
