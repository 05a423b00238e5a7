using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Broker.Server.Partitions;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Reconciliation;

/// <summary>
/// Makes this broker run the replicas that the image assigns to it, whenever topics or partitions come or go. One pass
/// at a
/// time; what fails is tried again.
/// </summary>
internal sealed class ReplicaReconciler(
    BrokerId self,
    MetadataWatch watch,
    ILocalReplicas replicas,
    HostedPartitions partitions,
    TopicConfigDefaults defaults,
    TimeProvider time,
    ILogger logger)
{
    // Opening a log is file work: a few at a time keep the disk loops busy, more would only hold memory.
    private const int StartedAtOnce = 32;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SortedSet<PartitionId> _damaged = [];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all that the image assigned at the start is running.</summary>
    public Task Settled => _settled.Task;

    private bool HasDamaged
    {
        get
        {
            lock (_gate)
                return _damaged.Count > 0;
        }
    }

    /// <summary>
    /// Any thread; quick. A replica met damage: it is stopped and started, which cuts its log off before the damage,
    /// so that a leader can fill it.
    /// </summary>
    public void Reopen(PartitionId id)
    {
        lock (_gate)
            _damaged.Add(id);
        watch.Nudge();
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            long seen = watch.Topology;
            bool done = await ReconcileAsync(watch.Image, cancellation);
            if (done)
                _settled.TrySetResult();
            if (done)
            {
                await watch.UntilAsync(
                    _ => watch.Topology != seen || HasDamaged, Timeout.InfiniteTimeSpan, cancellation);
            }
            else
                await Task.Delay(RetryPause, time, cancellation);
        }
    }

    private async Task<bool> ReconcileAsync(ClusterImage image, CancellationToken cancellation)
    {
        bool closed = await CloseDamagedAsync();
        IReadOnlySet<PartitionId> running = partitions.Ids();
        ReplicaPlan plan = ReplicaPlan.Make(image, self, defaults, running, replicas.OnDisk().Concat(running));
        foreach (ReplicaAssignment kept in plan.Keep)
            partitions.Update(kept.Id, kept.Settings);

        bool done = await RemoveAsync(plan, running) && closed;
        return await StartAsync(plan.Start, cancellation) && done;
    }

    // What is closed is assigned and does not run, and so is started again.
    private async Task<bool> CloseDamagedAsync()
    {
        PartitionId[] damaged;
        lock (_gate)
        {
            damaged = [.. _damaged];
            _damaged.Clear();
        }

        bool done = true;
        foreach (PartitionId id in damaged)
        {
            ReconciliationLog.Reopening(logger, id);
            partitions.Remove(id);
            try
            {
                await replicas.StopAsync(id);
            }
            catch (Storage.StorageException failure)
            {
                ReconciliationLog.RemovalFailed(logger, id, failure);
                done = false;
            }
        }

        return done;
    }

    private async Task<bool> RemoveAsync(ReplicaPlan plan, IReadOnlySet<PartitionId> running)
    {
        bool done = true;
        foreach (PartitionId id in plan.Delete.Concat(plan.Remove).Concat(plan.SetAside))
        {
            try
            {
                if (running.Contains(id))
                {
                    partitions.Remove(id);
                    await replicas.StopAsync(id);
                }

                await ClearAsync(plan, id);
            }
            catch (Exception failure)
                when (failure is IOException or Storage.StorageException and not Storage.FlushFailedException)
            {
                ReconciliationLog.RemovalFailed(logger, id, failure);
                done = false;
            }
        }

        if (plan.Delete.Count > 0)
            ReconciliationLog.Deleted(logger, plan.Delete.Count);
        return done;
    }

    private async Task ClearAsync(ReplicaPlan plan, PartitionId id)
    {
        if (plan.SetAside.Contains(id))
        {
            ReconciliationLog.SetAside(logger, id, await replicas.SetAsideAsync(id));
        }
        else if (plan.Remove.Contains(id))
        {
            await replicas.RemoveAsync(id);
            ReconciliationLog.MovedAway(logger, id);
        }
        else
        {
            await replicas.DeleteAsync(id);
        }
    }

    private async Task<bool> StartAsync(IReadOnlyList<ReplicaAssignment> assignments, CancellationToken cancellation)
    {
        if (assignments.Count == 0)
            return true;

        long began = time.GetTimestamp();
        var room = new Turns(StartedAtOnce);
        var starting = new List<Task<bool>>(assignments.Count);
        foreach (ReplicaAssignment assignment in assignments)
        {
            await room.EnterAsync(cancellation);
            starting.Add(StartOneAsync(assignment, room, cancellation));
        }

        int started = 0;
        await Waiting.AllAsync(starting);
        foreach (Task<bool> one in starting)
            started += await one ? 1 : 0;
        ReconciliationLog.Started(logger, started, time.GetElapsedTime(began));
        return started == starting.Count;
    }

    private async Task<bool> StartOneAsync(
        ReplicaAssignment assignment, Turns room, CancellationToken cancellation)
    {
        try
        {
            Partition partition = partitions.Make(assignment.Id, assignment.Settings);
            IPartitionReplica replica = await replicas.StartAsync(assignment, partition, cancellation);
            partition.Attach(replica);
            partitions.Add(partition);
            return true;
        }
        catch (Exception failure) when (failure is IOException or Storage.StorageException)
        {
            ReconciliationLog.StartFailed(logger, assignment.Topic, assignment.Id, failure);
            return false;
        }
        finally
        {
            room.Leave();
        }
    }
}
