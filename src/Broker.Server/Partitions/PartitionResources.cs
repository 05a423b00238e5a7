using Broker.Model;
using Broker.Server.Partitions.Reading;
using Broker.Server.Partitions.Transactions;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Partitions;

/// <summary>What all partitions of a broker share.</summary>
internal sealed record PartitionResources
{
    public required ProduceProposalPool Proposals { get; init; }

    public required DiskReads DiskReads { get; init; }

    /// <summary>Whether so few of a partition's replicas can be reached that it can't have a leader.</summary>
    public required Func<PartitionId, bool> HasLostMajority { get; init; }

    /// <summary>Null: no transactions are served.</summary>
    public ITransactionVerifier? Verifier { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
