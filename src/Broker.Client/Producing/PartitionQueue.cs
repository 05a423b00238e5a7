using Broker.Model;
using Broker.Protocol.Records;

namespace Broker.Client.Producing;

/// <summary>
/// The batches of one partition, in order. At most one is on its way, so order holds over retries; what arrives
/// meanwhile makes the next batch larger. Guarded by the producer's lock.
/// </summary>
internal sealed class PartitionQueue(TopicPartition partition, ProducerOptions options)
{
    private readonly LinkedList<ProducerBatch> _closed = new();
    private ProducerBatch? _open;
    private ProducerIdentity _identity = ProducerIdentity.None;
    private int _nextSequence;
    private bool _needsNewIdentity;

    public TopicPartition Partition => partition;

    public ProducerBatch? InFlight { get; private set; }

    /// <summary>Not before this time, on the clock's own scale: a retry waits.</summary>
    public long NotBefore { get; set; }

    public Backoff? Backoff { get; set; }

    public bool IsEmpty => InFlight is null && _closed.Count == 0 && _open is null;

    /// <summary>When the next batch may go; null if there is nothing to send or one is on its way.</summary>
    public long? ReadyAt(long linger, bool flushing)
    {
        if (InFlight is not null || (_closed.Count == 0 && _open is null))
        {
            return null;
        }

        long due = _closed.Count > 0 || flushing ? 0 : _open!.CreatedAt + linger;
        return Math.Max(due, NotBefore);
    }

    /// <returns>The record's outcome, and whether a batch is full now.</returns>
    public (Task<RecordPosition> Outcome, bool Filled) Append(ProducerRecord record, long timestamp, int size, long now)
    {
        bool filled = false;
        if (_open is not null && _open.SizeInBytes + size > options.BatchBytes)
        {
            Close();
            filled = true;
        }

        _open ??= new ProducerBatch(options.Compression, now);
        Task<RecordPosition> outcome = _open.Append(record, timestamp, size);
        if (_open.SizeInBytes >= options.BatchBytes)
        {
            Close();
            filled = true;
        }

        return (outcome, filled);
    }

    /// <summary>The next batch, sealed, now on its way.</summary>
    public ProducerBatch Take(ProducerIdentity current)
    {
        if (_closed.Count == 0)
        {
            Close();
        }

        ProducerBatch batch = _closed.First!.Value;
        _closed.RemoveFirst();
        if (batch.Bytes.IsEmpty)
        {
            Number(batch, current);
        }

        InFlight = batch;
        return batch;
    }

    public void Done()
    {
        InFlight = null;
        NotBefore = 0;
        Backoff = null;
    }

    /// <summary>Puts the batch that was on its way back to the front.</summary>
    public void Requeue(long notBefore)
    {
        _closed.AddFirst(InFlight!);
        InFlight = null;
        NotBefore = notBefore;
    }

    /// <summary>
    /// The numbering has a hole that can't be closed: a batch failed that a broker may or may not have. The next one
    /// begins again under an identity that <paramref name="spent"/> is not.
    /// </summary>
    public bool NeedsIdentityOtherThan(ProducerIdentity spent) => _needsNewIdentity && spent == _identity;

    public void AbandonIdentity() => _needsNewIdentity = options.Idempotent;

    public ProducerBatch? TakeExpired(long deadline)
    {
        if (_closed.First is { } first && first.Value.CreatedAt < deadline)
        {
            _closed.RemoveFirst();
            return first.Value;
        }

        if (_closed.Count == 0 && _open is not null && _open.CreatedAt < deadline)
        {
            ProducerBatch expired = _open;
            _open = null;
            return expired;
        }

        return null;
    }

    private void Number(ProducerBatch batch, ProducerIdentity current)
    {
        if (current != _identity && (_needsNewIdentity || _identity == ProducerIdentity.None))
        {
            _identity = current;
            _nextSequence = 0;
            _needsNewIdentity = false;
        }

        batch.Seal(_identity, _nextSequence);
        _nextSequence = RecordBatchHeader.SequenceAfter(_nextSequence, batch.RecordCount);
    }

    private void Close()
    {
        _closed.AddLast(_open!);
        _open = null;
    }
}
