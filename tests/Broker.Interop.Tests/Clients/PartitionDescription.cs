namespace Broker.Interop.Tests.Clients;

public sealed record PartitionDescription(int Partition, int Leader, IReadOnlyList<int> Replicas, int InSync);
