using Broker.Storage;

namespace Broker.Replication;

/// <summary>What the disk lanes share.</summary>
internal sealed record LaneServices(
    ReplicationMetrics Metrics, DiskReserve Reserve, TimeProvider Time, Action<Exception> Fatal);
