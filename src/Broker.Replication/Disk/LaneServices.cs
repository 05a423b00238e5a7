namespace Broker.Replication;

/// <summary>What the disk lanes share.</summary>
internal sealed record LaneServices(ReplicationMetrics Metrics, TimeProvider Time, Action<Exception> Fatal);
