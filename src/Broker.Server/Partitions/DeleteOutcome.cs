using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>The answer to a wish that records be deleted.</summary>
/// <param name="LogStart">Where the partition begins now; -1 with a fault.</param>
public readonly record struct DeleteOutcome(PartitionFault Fault, Offset LogStart)
{
    internal static DeleteOutcome Refused(PartitionFault fault) => new(fault, new Offset(-1));
}
