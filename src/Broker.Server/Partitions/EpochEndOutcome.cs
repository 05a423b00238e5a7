namespace Broker.Server.Partitions;

/// <summary>The answer to "where does this epoch end"; epoch and end are -1 where it is not known.</summary>
public readonly record struct EpochEndOutcome(PartitionFault Fault, EpochEnd End);
