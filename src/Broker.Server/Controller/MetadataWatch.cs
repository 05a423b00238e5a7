using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller;

/// <summary>
/// What this broker has applied of the metadata log, for whoever asks, and a pulse for whoever waits for a change of image or
/// leadership.
/// </summary>
internal sealed class MetadataWatch(IMetadataLog log, TimeProvider time) : IMetadataSubscriber
{
    private readonly Pulse _changes = new();
    private volatile ClusterImage _image = ClusterImage.Empty;

    /// <summary>Called after every change, in order, on the log's thread: quick, and without exceptions.</summary>
    public event Action? Changed;

    public ClusterImage Image => _image;

    public MetadataLeadership Leadership => log.Leadership;

    public void Begin() => log.Subscribe(this);

    public Task<bool> UntilAsync(
        Func<ClusterImage, bool> condition, TimeSpan patience, CancellationToken cancellation) =>
        _changes.UntilAsync(() => condition(_image), patience, time, cancellation);

    public Task<bool> UntilAppliedAsync(long index, TimeSpan patience, CancellationToken cancellation) =>
        UntilAsync(image => image.Index >= index, patience, cancellation);

    /// <summary>Waits for a leader other than the one who just said that it is none.</summary>
    public Task<bool> UntilLedAsync(
        MetadataLeadership refused, TimeSpan patience, CancellationToken cancellation) => _changes.UntilAsync(
            () => log.Leadership is { } now && now.Leader != BrokerId.None && now != refused, patience, time, cancellation);

    void IMetadataSubscriber.Loaded(ClusterImage image) => Publish(image);

    void IMetadataSubscriber.Applied(ClusterImage image, IReadOnlyList<MetadataRecord> records) => Publish(image);

    void IMetadataSubscriber.LeadershipChanged(MetadataLeadership leadership) => Tell();

    private void Publish(ClusterImage image)
    {
        _image = image;
        Tell();
    }

    private void Tell()
    {
        Changed?.Invoke();
        _changes.Fire();
    }
}
