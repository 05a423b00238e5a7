using System.Collections.Immutable;
using Broker.Model;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Transactions.Ending;

/// <summary>Carries markers to the brokers that lead their partitions.</summary>
internal interface IMarkerTransport
{
    /// <summary>One outcome for each wish; null if it is not known whether the broker heard them.</summary>
    ValueTask<ImmutableArray<EndOutcome>?> CallAsync(
        BrokerId leader, ImmutableArray<MarkerWish> wishes, TimeSpan patience, CancellationToken cancellation);
}
