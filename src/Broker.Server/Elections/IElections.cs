using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Server.Elections;

/// <summary>Gives leadership to preferred replicas, the first of their lists, because somebody wants it. Any
/// thread.</summary>
public interface IElections
{
    /// <summary>
    /// One outcome for each partition, in their order. Where it is <see cref="ElectionOutcome.Elected"/>, this broker
    /// knows of it on return.
    /// </summary>
    Task<ImmutableArray<ElectionOutcome>> ElectPreferredAsync(
        ImmutableArray<PartitionId> partitions, TimeSpan timeout, CancellationToken cancellation);
}
