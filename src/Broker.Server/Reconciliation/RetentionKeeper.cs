using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Partitions;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Reconciliation;

/// <summary>
/// Retention: the leader of a partition looks from time to time which of its oldest segments have outlived the topic's
/// limits, and asks for a log start behind them. What really goes, and when, the group decides by an entry in its log.
/// Forgets idle producers on the way, on every replica, and lets coordinators look at their offsets.
/// </summary>
internal sealed class RetentionKeeper(
    ReplicaHost host,
    HostedPartitions partitions,
    TopicOptions options,
    Action expireOffsets,
    TimeProvider time,
    ILogger logger)
{
    private readonly SortedDictionary<PartitionId, BrokerId> _told = [];

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(options.RetentionCheckInterval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
            Look();
    }

    private void Look()
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (Replica replica in host.Replicas)
        {
            if (partitions.Find(replica.Id) is not { } partition)
                continue;
            partition.ExpireProducersBefore(now - (long)options.ProducerIdExpiration.TotalMilliseconds);
            if (replica.Status.IsLeaderReady)
                Trim(replica, partition.Settings, now);
        }

        expireOffsets();
    }

    private void Trim(Replica replica, TopicSettings settings, long now)
    {
        Warn(replica);
        if (settings.Deletes)
            replica.ApplyRetention(settings.RetentionMs < 0 ? -1 : now - settings.RetentionMs, settings.RetentionBytes);
    }

    // Once for each holder, not once for each look.
    private void Warn(Replica replica)
    {
        BrokerId holder = replica.LogStartHolder;
        if (holder == BrokerId.None)
            _told.Remove(replica.Id);
        else if (!_told.TryGetValue(replica.Id, out BrokerId told) || told != holder)
            ReconciliationLog.RetentionHeld(logger, replica.Id, _told[replica.Id] = holder);
    }
}
