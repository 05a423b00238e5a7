using Broker.Model;
using Broker.Server.Network;
using Broker.Server.Transactions.Ending;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Transactions;

/// <summary>What all transaction coordinators of a broker share.</summary>
internal sealed record TransactionResources
{
    public required TransactionOptions Options { get; init; }

    /// <summary>After so long the outcome of a write is told as not known.</summary>
    public required TimeSpan WriteTimeout { get; init; }

    public required Deadlines Deadlines { get; init; }

    /// <summary>A producer id that nobody else has or will have; null while none can be had.</summary>
    public required Func<CancellationToken, ValueTask<ProducerId?>> NextProducerId { get; init; }

    public required MarkerWriter Markers { get; init; }

    public required ILogger Logger { get; init; }

    public TimeProvider Time => Deadlines.Time;
}
