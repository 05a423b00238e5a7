using Broker.Metadata;

namespace Broker.MetadataQuorum;

/// <summary>
/// The image of this broker and everybody who waits for it: tells subscribers in order, one call at a time, keeps the
/// tail of the log for followers, and wakes who waits for an index. Its lock is held while subscribers are told.
/// </summary>
internal sealed class ImageFeed(int keptBytes)
{
    private readonly Lock _gate = new();
    private readonly Queue<FollowedEntry> _tail = new();
    private IMetadataSubscriber[] _subscribers = [];
    private TaskCompletionSource _changed = NewSignal();
    private ClusterImage _image = ClusterImage.Empty;
    private MetadataLeadership _leadership = MetadataLeadership.None;
    private long _tailAfter;
    private int _tailBytes;

    public ClusterImage Image => Volatile.Read(ref _image);

    public MetadataLeadership Leadership
    {
        get
        {
            lock (_gate)
                return _leadership;
        }
    }

    /// <summary>Completes with the next change of image or leadership.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    public void Subscribe(IMetadataSubscriber subscriber)
    {
        lock (_gate)
        {
            _subscribers = [.. _subscribers, subscriber];
            subscriber.Loaded(_image);
            subscriber.LeadershipChanged(_leadership);
        }
    }

    /// <summary>Takes an image that is newer than what is known.</summary>
    public void Load(ClusterImage image)
    {
        lock (_gate)
        {
            if (image.Index <= _image.Index)
                return;

            Volatile.Write(ref _image, image);
            _tail.Clear();
            _tailBytes = 0;
            _tailAfter = image.Index;
            foreach (IMetadataSubscriber subscriber in _subscribers)
                subscriber.Loaded(image);
            Signal();
        }
    }

    /// <summary>
    /// What the entry says may contradict an entry before it, and changes nothing then, here as on every other broker.
    /// That happens where the two were in the log side by side, as when a proposer gave up on the first.
    /// A broker that becomes a voter hears of entries twice, from its own log and from others: once is enough.
    /// </summary>
    public EntryEffect Apply(IReadOnlyList<MetadataRecord> records, ReadOnlyMemory<byte> bytes, long index)
    {
        lock (_gate)
        {
            if (index <= _image.Index)
                return EntryEffect.Known;

            bool applies = TryApply(records, index, out ClusterImage image);
            if (!applies)
                records = [];
            Volatile.Write(ref _image, image);
            Keep(new FollowedEntry(index, bytes));
            foreach (IMetadataSubscriber subscriber in _subscribers)
                subscriber.Applied(image, records);
            Signal();
            return applies ? EntryEffect.Applied : EntryEffect.Contradicts;
        }
    }

    /// <summary>Tells of the leadership unless <paramref name="overtaken"/> says that it ended meanwhile.</summary>
    public void Lead(MetadataLeadership leadership, CancellationToken overtaken = default)
    {
        lock (_gate)
        {
            if (leadership == _leadership || overtaken.IsCancellationRequested)
                return;

            _leadership = leadership;
            foreach (IMetadataSubscriber subscriber in _subscribers)
                subscriber.LeadershipChanged(leadership);
            Signal();
        }
    }

    public async ValueTask WaitAsync(long index, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed = Changed;
            if (Image.Index >= index)
                return;
            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>The entries after an index; null if some of them are not kept any more.</summary>
    public IReadOnlyList<FollowedEntry>? EntriesAfter(long index)
    {
        lock (_gate)
            return index < _tailAfter || index > _image.Index ? null : [.. _tail.Where(entry => entry.Index > index)];
    }

    private bool TryApply(IReadOnlyList<MetadataRecord> records, long index, out ClusterImage image)
    {
        try
        {
            image = _image.Apply(records, index);
            return true;
        }
        catch (MetadataRecordException contradiction) when (contradiction is not NewerVersionException)
        {
            image = _image.Apply([], index);
            return false;
        }
    }

    private void Keep(FollowedEntry entry)
    {
        _tail.Enqueue(entry);
        _tailBytes += entry.Bytes.Length;
        while (_tailBytes > keptBytes)
        {
            FollowedEntry oldest = _tail.Dequeue();
            _tailBytes -= oldest.Bytes.Length;
            _tailAfter = oldest.Index;
        }
    }

    private void Signal()
    {
        TaskCompletionSource signalled = _changed;
        _changed = NewSignal();
        signalled.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
