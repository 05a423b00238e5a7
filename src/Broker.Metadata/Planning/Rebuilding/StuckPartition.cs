namespace Broker.Metadata;

/// <summary>A partition that misses replicas for good, and why they are not rebuilt.</summary>
public sealed record StuckPartition(string Topic, int Partition, RebuildObstacle Obstacle);
