namespace Broker.Interop.Tests.Clients;

/// <summary>The ends of a partition, and the first offset at or after the timestamp that was asked for.</summary>
public sealed record PartitionOffsets(long Earliest, long Latest, long AtTimestamp);
