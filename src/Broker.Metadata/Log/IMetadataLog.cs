namespace Broker.Metadata;

/// <summary>
/// The replicated log of metadata records, one per broker: on a voter the quorum itself, elsewhere a follower of it.
/// All members may be called from any thread.
/// </summary>
public interface IMetadataLog
{
    /// <summary>
    /// The leader as known here. This broker appears in it as the leader only once its own image holds everything that
    /// was committed before its term.
    /// </summary>
    MetadataLeadership Leadership { get; }

    /// <summary>The image after the last entry applied here.</summary>
    ClusterImage Image { get; }

    /// <summary>
    /// Commits the records as one atomic entry if this broker still leads in <paramref name="term"/> and they apply to
    /// its image. Completes when the entry is applied here. Proposals are taken one at a time, in order of arrival.
    /// Cancelling, like a loss of leadership, leaves the outcome <see cref="ProposeStatus.Unknown"/>.
    /// </summary>
    ValueTask<ProposeOutcome> ProposeAsync(
        long term, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation);

    /// <summary>
    /// Linearizable read: on return <see cref="Image"/> includes everything that was committed before the call. Waits
    /// for a leader; throws <see cref="OperationCanceledException"/> when cancelled.
    /// </summary>
    ValueTask BarrierAsync(CancellationToken cancellation);

    /// <summary>Gives leadership up if it is here, so that another voter is elected. Does nothing elsewhere.</summary>
    ValueTask ResignAsync(CancellationToken cancellation);

    /// <summary>
    /// Starts to tell the subscriber: first the image as it is now and the leadership, then every change, in order.
    /// Subscribers live as long as the log.
    /// </summary>
    void Subscribe(IMetadataSubscriber subscriber);
}
