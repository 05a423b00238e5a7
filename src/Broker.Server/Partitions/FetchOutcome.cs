using Broker.Model;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Partitions;

/// <summary>What a read found beside the batches. Offsets are -1 where the fault leaves them unknown.</summary>
/// <param name="LastStable">Where a reader of committed transactions has to stop.</param>
/// <param name="Diverging">The client's log left this one's here: it must go back. Null if it did not.</param>
public readonly record struct FetchOutcome(
    PartitionFault Fault, Offset HighWatermark, Offset LastStable, Offset LogStart, EpochEnd? Diverging)
{
    /// <summary>Whose records among those that were read are not to be shown, where committed ones alone were asked
    /// for.</summary>
    public IReadOnlyList<AbortedTransaction> Aborted { get; init; } = [];
}
