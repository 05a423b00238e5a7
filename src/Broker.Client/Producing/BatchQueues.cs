using Broker.Client.Metadata;
using Broker.Model;

namespace Broker.Client.Producing;

/// <summary>All partitions' queues under one lock, and the signal that wakes the sender.</summary>
internal sealed class BatchQueues(ClientOptions options, ProducerOptions settings, BufferBudget budget)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, PartitionQueue> _queues = [];
    private readonly List<TaskCompletionSource> _flushing = [];
    private readonly SemaphoreSlim _changed = new(0);
    private readonly long _linger = Deadlines.Ticks(options, settings.Linger);

    public Task<RecordPosition> Append(TopicPartition partition, ProducerRecord record, long timestamp, int size)
    {
        Task<RecordPosition> outcome;
        bool wake;
        lock (_lock)
        {
            if (!_queues.TryGetValue(partition, out PartitionQueue? queue))
            {
                _queues.Add(partition, queue = new PartitionQueue(partition, settings));
            }

            bool wasEmpty = queue.IsEmpty;
            (outcome, bool filled) = queue.Append(record, timestamp, size, options.Clock.GetTimestamp());
            wake = wasEmpty || filled;
        }

        if (wake)
        {
            Wake();
        }

        return outcome;
    }

    public Task FlushAsync(CancellationToken token)
    {
        TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_queues.Values.All(queue => queue.IsEmpty))
            {
                return Task.CompletedTask;
            }

            _flushing.Add(flushed);
        }

        Wake();
        return flushed.Task.WaitAsync(token);
    }

    public void Wake() => _changed.Release();

    /// <summary>Waits until something changed or the time has come.</summary>
    public async Task WaitAsync(long? until, CancellationToken token)
    {
        TimeSpan wait = Timeout.InfiniteTimeSpan;
        if (until is { } at)
        {
            long ticks = at - options.Clock.GetTimestamp();
            if (ticks <= 0)
            {
                return;
            }

            wait = TimeSpan.FromMilliseconds(
                Math.Max(1, Math.Ceiling(1000.0 * ticks / options.Clock.TimestampFrequency))
            );
        }

        if (await _changed.WaitAsync(wait, token).ConfigureAwait(false))
        {
            while (_changed.Wait(0, CancellationToken.None))
            {
                // Many changes are one reason to look.
            }
        }
    }

    /// <summary>Takes every batch that may go now, by leader; partitions without a leader stay.</summary>
    /// <param name="snapshot">Who leads.</param>
    /// <param name="identity">For batches that are numbered now.</param>
    /// <param name="ready">Gets the batches.</param>
    /// <returns>When to look again, and whether some partition has no leader or needs another identity.</returns>
    public SendPlan Collect(
        ClusterSnapshot snapshot,
        ProducerIdentity identity,
        Dictionary<BrokerId, List<PartitionQueue>> ready
    )
    {
        long now = options.Clock.GetTimestamp();
        SendPlan plan = default;
        lock (_lock)
        {
            foreach (PartitionQueue queue in _queues.Values)
            {
                Expire(queue, now);
                if (queue.ReadyAt(_linger, _flushing.Count > 0) is not { } at)
                {
                    continue;
                }

                PartitionLeader? leader = snapshot.LeaderOf(queue.Partition);
                if (at > now)
                {
                    plan = plan with { NextLook = Math.Min(plan.NextLook ?? long.MaxValue, at) };
                }
                else if (
                    settings.Idempotent && (identity == ProducerIdentity.None || queue.NeedsIdentityOtherThan(identity))
                )
                {
                    plan = plan with { NeedsIdentity = true };
                }
                else if (
                    leader is null
                    || leader.Value.Broker == BrokerId.None
                    || !snapshot.Brokers.ContainsKey(leader.Value.Broker)
                )
                {
                    plan = plan with { NeedsMetadata = true };
                }
                else
                {
                    queue.Take(identity);
                    ListFor(ready, leader.Value.Broker).Add(queue);
                }
            }

            CompleteFlushes();
        }

        return plan;
    }

    public void Complete(PartitionQueue queue, Offset baseOffset)
    {
        ProducerBatch batch;
        lock (_lock)
        {
            batch = queue.InFlight!;
            queue.Done();
            CompleteFlushes();
        }

        budget.Release(batch.ReservedBytes);
        batch.Complete(queue.Partition, baseOffset);
        Wake();
    }

    public void Fail(PartitionQueue queue, Exception cause, bool abandonIdentity)
    {
        ProducerBatch batch;
        lock (_lock)
        {
            batch = queue.InFlight!;
            queue.Done();
            if (abandonIdentity)
            {
                queue.AbandonIdentity();
            }

            CompleteFlushes();
        }

        budget.Release(batch.ReservedBytes);
        batch.Fail(cause);
        Wake();
    }

    /// <summary>Another try after a pause.</summary>
    /// <param name="atOnce">A newer leader is known: there is nothing to wait for.</param>
    public void Requeue(PartitionQueue queue, bool atOnce = false)
    {
        lock (_lock)
        {
            if (atOnce)
            {
                queue.Requeue(notBefore: 0);
                Wake();
                return;
            }

            Backoff backoff = queue.Backoff ?? new Backoff(options);
            TimeSpan pause = backoff.Next();
            queue.Backoff = backoff;
            queue.Requeue(Deadlines.After(options, pause));
        }

        Wake();
    }

    private void Expire(PartitionQueue queue, long now)
    {
        long deadline = now - Deadlines.Ticks(options, settings.DeliveryTimeout);
        while (queue.TakeExpired(deadline) is { } batch)
        {
            if (batch.MayBeWritten)
            {
                queue.AbandonIdentity();
            }

            budget.Release(batch.ReservedBytes);
            batch.Fail(
                new RequestException(
                    Protocol.ErrorCode.RequestTimedOut,
                    $"{queue.Partition} did not acknowledge within {settings.DeliveryTimeout.TotalSeconds:0.#} s",
                    batch.MayBeWritten ? "the record may or may not be written" : "the record was not written"
                )
            );
        }
    }

    private void CompleteFlushes()
    {
        if (_flushing.Count > 0 && _queues.Values.All(queue => queue.IsEmpty))
        {
            _flushing.ForEach(flushed => flushed.TrySetResult());
            _flushing.Clear();
        }
    }

    private static List<PartitionQueue> ListFor(Dictionary<BrokerId, List<PartitionQueue>> ready, BrokerId broker)
    {
        if (!ready.TryGetValue(broker, out List<PartitionQueue>? list))
        {
            ready.Add(broker, list = []);
        }

        return list;
    }
}
