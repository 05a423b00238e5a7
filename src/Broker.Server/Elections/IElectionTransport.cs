using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Elections;

/// <summary>Carries wishes to the broker that leads the partitions.</summary>
internal interface IElectionTransport
{
    /// <summary>One outcome for each wish; null if it is not known whether the broker heard them.</summary>
    ValueTask<ImmutableArray<ElectionOutcome>?> CallAsync(
        BrokerId leader, ImmutableArray<Handover> wishes, TimeSpan patience, CancellationToken cancellation);
}
