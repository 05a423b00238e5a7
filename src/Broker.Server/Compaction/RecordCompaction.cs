using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Records;
using Broker.Storage;

namespace Broker.Server.Compaction;

/// <summary>
/// What one pass of compaction keeps: of every key the last record, marks of deleted keys for their time, control
/// batches as they are, and of the last batch of each producer at least its header. One pass, one caller at a time.
/// </summary>
internal sealed class RecordCompaction : ICompactionPolicy, IDisposable
{
    private readonly KeyTable _keys;
    private readonly long _now;
    private readonly long _horizon;
    private readonly long _producersSince;
    private readonly Dictionary<ProducerId, LogIndex> _producers = [];
    private readonly RecordBatchReader _reader = new();
    private readonly RecordBatchCleaner _cleaner = new();

    /// <param name="keys">Empty, and for this pass.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="deleteRetentionMs">How long marks of deleted keys stay from now on.</param>
    /// <param name="producersSince">Producers that wrote last before this time need not be remembered.</param>
    public RecordCompaction(KeyTable keys, long now, long deleteRetentionMs, long producersSince)
    {
        _keys = keys;
        _now = now;
        _horizon = now > long.MaxValue - deleteRetentionMs ? long.MaxValue : now + deleteRetentionMs;
        _producersSince = producersSince;
    }

    /// <summary>Records that had no key: they were written before the topic was compacted, and go.</summary>
    public long Keyless { get; private set; }

    public bool TryMap(in LogEntry entry)
    {
        RecordBatchHeader header = RecordBatchHeader.Read(entry.Payload.Span);

        // A producer counts like a key, so that all of it is bounded by the table's room.
        if (_keys.Room < header.RecordCount + _producers.Count + 1)
            return false;
        if (header.IsIdempotent)
            _producers[header.ProducerId] = entry.Index;
        if (header.Attributes.IsControl || !TryOpen(entry))
            return true;
        while (_reader.TryRead(out RecordView record))
        {
            if (record.HasKey)
                _keys.Put(record.Key, entry.Offset + record.OffsetDelta);
        }

        return true;
    }

    public CompactionVerdict Clean(in LogEntry entry, bool isLast)
    {
        RecordBatchHeader header = RecordBatchHeader.Read(entry.Payload.Span);
        if (header.Attributes.IsControl || !TryOpen(entry))
            return CompactionVerdict.Keep;

        bool needsHorizon = Judge(entry.Offset, horizon: null);
        if (needsHorizon)
        {
            _reader.Rewind();
            Judge(entry.Offset, _horizon);
        }

        if (_cleaner.Count == 0 && !isLast && !IsLastOfProducer(header, entry.Index))
            return CompactionVerdict.Drop;
        return _cleaner.Count == header.RecordCount && !needsHorizon
            ? CompactionVerdict.Keep
            : CompactionVerdict.Replace(_cleaner.Build(entry.Payload.Span), _cleaner.MaxTimestamp);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _cleaner.Dispose();
    }

    /// <summary>
    /// False: no client can read it either (it came compressed to a topic that was not compacted then, and was not
    /// looked into). Nothing in it stands for anything else, and it stays as it is.
    /// </summary>
    private bool TryOpen(in LogEntry entry)
    {
        try
        {
            _reader.Open(entry.Payload);
            while (_reader.TryRead(out _))
            {
            }

            _reader.Rewind();
            return true;
        }
        catch (ProtocolException)
        {
            return false;
        }
    }

    /// <summary>
    /// Goes over the batch that is open. True: there are marks of deleted keys that stay, and no time for them yet.
    /// </summary>
    private bool Judge(Offset baseOffset, long? horizon)
    {
        bool hasHorizon = _reader.Header.Attributes.HasDeleteHorizon;
        bool isOver = hasHorizon && _now > _reader.Header.BaseTimestamp;
        bool hasMarks = false;
        _cleaner.Begin(horizon);
        while (_reader.TryRead(out RecordView record))
        {
            if (!record.HasKey)
            {
                Keyless += horizon is null ? 1 : 0;
                continue;
            }

            bool isLatest = !(_keys.LastOf(record.Key) > baseOffset + record.OffsetDelta);
            if (!isLatest || (!record.HasValue && isOver))
                continue;
            hasMarks |= !record.HasValue;
            _cleaner.Keep(_reader, record);
        }

        return hasMarks && !hasHorizon;
    }

    /// <summary>As far as is known; one batch too many does no harm.</summary>
    private bool IsLastOfProducer(in RecordBatchHeader header, LogIndex index) =>
        header.IsIdempotent && header.MaxTimestamp >= _producersSince
        && (!_producers.TryGetValue(header.ProducerId, out LogIndex last) || last <= index);
}
