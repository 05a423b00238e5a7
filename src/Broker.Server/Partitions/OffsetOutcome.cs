using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>The answer to a look-up by time.</summary>
/// <param name="Timestamp">Of the record found, or -1.</param>
/// <param name="Offset">-1 if there is none.</param>
public readonly record struct OffsetOutcome(PartitionFault Fault, long Timestamp, Offset Offset, Term Epoch);
