using Broker.Metadata;
using Broker.Model;
using Broker.Server.Partitions;

namespace Broker.Server.Controller;

/// <summary>
/// The cluster as this broker knows it now: the last image that it applied, overlaid with what its own replicas and
/// connections know of newer, so that a partition's failover need not wait for the metadata group. Any thread.
/// </summary>
public interface IClusterView
{
    BrokerId Self { get; }

    ClusterImage Image { get; }

    /// <summary>The metadata leader; while none is known any broker that lives, since each forwards; else
    /// none.</summary>
    BrokerId Controller { get; }

    /// <summary>None, with the newest epoch known, while nobody leads or the leader is known dead.</summary>
    LeaderView LeaderOf(TopicImage topic, int partition);

    /// <summary>
    /// The leader; while too few replicas can be reached to elect one, a replica that can: it goes on serving what it
    /// knows to be committed.
    /// </summary>
    LeaderView ReaderOf(TopicImage topic, int partition);

    /// <summary>Registered, not fenced, and its process not known to be gone.</summary>
    bool IsAlive(BrokerId broker);

    /// <summary>
    /// Waits, for less than a second and only where something broke just now, until the leaders of these topics'
    /// partitions are such as a client can be sent to.
    /// </summary>
    ValueTask SettleAsync(IReadOnlyCollection<TopicImage> topics, CancellationToken cancellation);

    /// <summary>
    /// Linearizable: on return <see cref="Image"/> holds all that was committed before the call. False if no metadata
    /// leader could be asked within <paramref name="patience"/>.
    /// </summary>
    ValueTask<bool> BarrierAsync(TimeSpan patience, CancellationToken cancellation);
}
