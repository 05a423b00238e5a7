using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller;

/// <summary>
/// What this broker has applied of the metadata log, for whoever asks, and a pulse for whoever waits for a change of
/// image or
/// leadership.
/// </summary>
internal sealed class MetadataWatch(IMetadataLog log, TimeProvider time) : IMetadataSubscriber
{
    private readonly Pulse _changes = new();
    private volatile ClusterImage _image = ClusterImage.Empty;
    private long _topology;

    /// <summary>Called after every change, in order, on the log's thread: quick, and without exceptions.</summary>
    public event Action? Changed;

    /// <summary>The image now has this broker's, or another's, report of a partition that it leads.</summary>
    public event Action<PartitionId, BrokerId>? LeaderTold;

    /// <summary>A topic of this name is gone. Like <see cref="Changed"/>.</summary>
    public event Action<string>? TopicGone;

    public ClusterImage Image => _image;

    /// <summary>
    /// Grows whenever topics, partitions or replicas came or went, or are to be run otherwise; it moves after the image
    /// does.
    /// </summary>
    public long Topology => Volatile.Read(ref _topology);

    public MetadataLeadership Leadership => log.Leadership;

    public void Begin() => log.Subscribe(this);

    /// <summary>Whoever waits looks again: something else that it asks for has changed.</summary>
    public void Nudge() => _changes.Fire();

    public Task<bool> UntilAsync(
        Func<ClusterImage, bool> condition, TimeSpan patience, CancellationToken cancellation) =>
        _changes.UntilAsync(() => condition(_image), patience, time, cancellation);

    public Task<bool> UntilAppliedAsync(long index, TimeSpan patience, CancellationToken cancellation) =>
        UntilAsync(image => image.Index >= index, patience, cancellation);

    /// <inheritdoc cref="IClusterView.BarrierAsync"/>
    public async ValueTask<bool> BarrierAsync(TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await log.BarrierAsync(either.Token);
            return await UntilAppliedAsync(log.Image.Index, patience, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Waits for a leader other than the one who just said that it is none.</summary>
    public Task<bool> UntilLedAsync(
        MetadataLeadership refused, TimeSpan patience, CancellationToken cancellation) => _changes.UntilAsync(
            () => log.Leadership is { } now && now.Leader != BrokerId.None && now != refused,
            patience,
            time,
            cancellation);

    /// <summary>Waits until another broker leads; at once where this one does not lead.</summary>
    public Task<bool> UntilLedByAnotherAsync(BrokerId self, TimeSpan patience, CancellationToken cancellation) =>
        _changes.UntilAsync(
            () => log.Leadership.Leader is var now && now != BrokerId.None && now != self,
            patience,
            time,
            cancellation);

    void IMetadataSubscriber.Loaded(ClusterImage image)
    {
        Publish(image, topology: true);
        foreach (TopicImage topic in image.Topics.Values)
        {
            for (int i = 0; i < topic.Partitions.Count; i++)
                LeaderTold?.Invoke(new PartitionId(topic.Id, i), topic.Partitions[i].Leader);
        }
    }

    void IMetadataSubscriber.Applied(ClusterImage image, IReadOnlyList<MetadataRecord> records)
    {
        ClusterImage before = _image;
        Publish(image, records.Any(record =>
            record is TopicCreated or TopicDeleted or PartitionsAdded or PartitionsReassigned
                or ReassignmentsFinished or TopicConfigsChanged));
        foreach (TopicDeleted deleted in records.OfType<TopicDeleted>())
        {
            if (before.FindTopic(deleted.Topic) is { } topic)
                TopicGone?.Invoke(topic.Name);
        }

        foreach (LeadershipReport report in records.OfType<LeadershipReported>().SelectMany(each => each.Reports))
            LeaderTold?.Invoke(new PartitionId(report.Topic, report.Partition), report.Leader);
    }

    void IMetadataSubscriber.LeadershipChanged(MetadataLeadership leadership) => Tell();

    private void Publish(ClusterImage image, bool topology)
    {
        _image = image;
        if (topology)
            Interlocked.Increment(ref _topology);
        Tell();
    }

    private void Tell()
    {
        Changed?.Invoke();
        _changes.Fire();
    }
}
