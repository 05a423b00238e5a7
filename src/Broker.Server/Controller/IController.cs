using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller;

/// <summary>
/// Changes the cluster, at whichever broker leads the metadata group. Answers are values, one for each wish and in
/// their
/// order; on return this broker's own image shows what was granted. Any thread.
/// </summary>
public interface IController
{
    /// <summary>
    /// Answers when all partitions have leaders; at <paramref name="timeout"/> with
    /// <see cref="ControllerFault.TimedOut"/>
    /// though the topics were created.
    /// </summary>
    Task<ImmutableArray<TopicAnswer>> CreateTopicsAsync(
        ImmutableArray<TopicWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation);

    Task<ImmutableArray<TopicAnswer>> DeleteTopicsAsync(
        ImmutableArray<TopicId> topics, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Answers like <see cref="CreateTopicsAsync"/>.</summary>
    Task<ImmutableArray<TopicAnswer>> CreatePartitionsAsync(
        ImmutableArray<PartitionsWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>
    /// Answers when the wishes are written down: the brokers' running partitions follow within moments.
    /// </summary>
    Task<ImmutableArray<TopicAnswer>> AlterTopicConfigsAsync(
        ImmutableArray<TopicConfigWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>
    /// Answers when the wishes are written down, not when the replicas have moved. The wishes name different
    /// partitions.
    /// </summary>
    Task<ImmutableArray<TopicAnswer>> ReassignAsync(
        ImmutableArray<ReassignmentWish> wishes, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Answers when this broker, too, is at the level.</summary>
    /// <returns>Why the level was not raised; no fault where it is there.</returns>
    Task<(ControllerFault Fault, Refusal? Refusal)> RaiseFeatureLevelAsync(
        int level, bool validateOnly, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Marks a broker as one that is to leave, or takes the mark back; moves nothing.</summary>
    /// <returns>Why it was not done; no fault where it is so already.</returns>
    Task<(ControllerFault Fault, Refusal? Refusal)> MarkDrainingAsync(
        BrokerId broker, bool isDraining, bool validateOnly, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>A producer id that nobody else has or will have; null if no metadata leader could be asked.</summary>
    ValueTask<ProducerId?> NextProducerIdAsync(CancellationToken cancellation);
}
