using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Time;

namespace Broker.Simulation.Metadata;

/// <summary>
/// The metadata log as one life of a broker has it: as much of the group's log as has reached it, and whom it takes for
/// the leader.
/// </summary>
internal sealed class MetadataMember : IMetadataLog, IAsyncDisposable
{
    private const long Millisecond = EventQueue.TicksPerMillisecond;

    /// <summary>Who is so far behind gets an image instead of entries.</summary>
    private const long EntriesKept = 12;

    private readonly EventQueue _queue;
    private readonly MetadataGroup _group;
    private readonly Life _life;
    private readonly Turns _turn = new(1);
    private readonly List<IMetadataSubscriber> _subscribers = [];
    private readonly long _patience;
    private TaskCompletionSource _changed = new();
    private long _index;
    private long _heardAt;
    private bool _isHearing;
    private bool _isClosed;

    /// <param name="index">How much of the log it has at its start.</param>
    public MetadataMember(EventQueue queue, MetadataGroup group, Life life, BrokerId broker, long index)
    {
        _queue = queue;
        _group = group;
        _life = life;
        _index = index;
        _heardAt = queue.Now;
        _patience = queue.Draw(300, 600) * Millisecond;
        Broker = broker;
    }

    public BrokerId Broker { get; }

    /// <summary>It runs, and is not stopped in the middle of it.</summary>
    public bool IsThere => _life.IsAlive && !_isClosed && _life.PausedUntil <= _queue.Now;

    public MetadataLeadership Leadership { get; private set; } = MetadataLeadership.None;

    public long Index => _index;

    public ClusterImage Image => _group.ImageAt(_index);

    /// <summary>There may be something new, which arrives soon.</summary>
    public void Hear()
    {
        if (_isHearing || !_life.IsAlive || _isClosed)
            return;

        _isHearing = true;
        long delay = _group.IsSlow(Broker) ? _queue.Draw(200, 1500) : _queue.Draw(0, 15);
        _queue.After(1 + (delay * Millisecond), _life, "metadata heard", () =>
        {
            _isHearing = false;
            if (!_isClosed)
                Catch();
        });
    }

    public async ValueTask<ProposeOutcome> ProposeAsync(
        long term, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation)
    {
        var proposed = new MetadataLeadership(Broker, term);
        if (Leadership != proposed)
            return ProposeOutcome.NotLeader(Leadership.Leader);

        try
        {
            await _turn.EnterAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return ProposeOutcome.Unknown;
        }

        try
        {
            return Leadership == proposed
                ? await CommitAsync(proposed, records, cancellation)
                : ProposeOutcome.NotLeader(Leadership.Leader);
        }
        finally
        {
            _turn.Leave();
        }
    }

    public async ValueTask BarrierAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_group.IsHeardBy(Broker))
            {
                long index = _group.Last;
                await UntilAsync(() => _index >= index, cancellation);
                return;
            }

            await ChangedAsync(cancellation);
        }
    }

    public async ValueTask ResignAsync(CancellationToken cancellation)
    {
        if (Leadership.Leader != Broker)
            return;

        _group.Resign(Broker);
        await UntilAsync(() => Leadership.Leader is var now && now != BrokerId.None && now != Broker, cancellation);
    }

    public void Subscribe(IMetadataSubscriber subscriber)
    {
        _subscribers.Add(subscriber);
        subscriber.Loaded(Image);
        subscriber.LeadershipChanged(Leadership);
    }

    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ProposeOutcome> CommitAsync(
        MetadataLeadership leadership, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation)
    {
        try
        {
            Image.Apply(records, long.MaxValue);
        }
        catch (MetadataRecordException)
        {
            return ProposeOutcome.Conflict;
        }

        (long index, bool applies) = (0L, false);
        if (_group.Leadership == leadership)
        {
            _group.Offer(new MetadataProposal(
                Broker, leadership.Term, records, (at, did) => (index, applies) = (at, did)));
        }

        try
        {
            await UntilAsync(() => (index > 0 && _index >= index) || Leadership != leadership, cancellation);
        }
        catch (OperationCanceledException)
        {
            return ProposeOutcome.Unknown;
        }

        if (index == 0 || _index < index)
            return ProposeOutcome.Unknown;
        return applies ? ProposeOutcome.Committed(index) : ProposeOutcome.Conflict;
    }

    // All that has come in; who is cut off notices after a while that nobody leads it.
    private void Catch()
    {
        if (!_group.IsHeardBy(Broker))
        {
            if (_queue.Now - _heardAt > _patience)
                Follow(new MetadataLeadership(BrokerId.None, Leadership.Term));
            return;
        }

        _heardAt = _queue.Now;
        Apply();
        if (_group.Leadership.Leader != Broker || _index == _group.Last)
            Follow(_group.Leadership);
    }

    private void Apply()
    {
        if (_group.Last - _index > EntriesKept || (_index == 0 && _queue.Chance(0.5)))
        {
            _index = _group.Last;
            foreach (IMetadataSubscriber subscriber in _subscribers)
                subscriber.Loaded(Image);
        }

        while (_index < _group.Last)
        {
            _index++;
            foreach (IMetadataSubscriber subscriber in _subscribers)
                subscriber.Applied(Image, _group.EntryAt(_index).Records);
        }

        Changed();
    }

    private void Follow(MetadataLeadership leadership)
    {
        if (leadership == Leadership)
            return;

        Leadership = leadership;
        foreach (IMetadataSubscriber subscriber in _subscribers)
            subscriber.LeadershipChanged(leadership);
        Changed();
    }

    private async Task UntilAsync(Func<bool> holds, CancellationToken cancellation)
    {
        while (!holds())
            await ChangedAsync(cancellation);
    }

    private Task ChangedAsync(CancellationToken cancellation) => _changed.Task.OrCancelledAsync(cancellation);

    private void Changed()
    {
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource();
        changed.SetResult();
    }
}
