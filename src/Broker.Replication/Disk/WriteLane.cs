using Broker.Model;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// A disk loop and the groups whose logs it writes. A round writes what waits in each of them, makes all of it durable
/// with one flush, and tells each owner; what arrives meanwhile goes into the next round.
/// </summary>
internal sealed class WriteLane : IDisposable
{
    private readonly ILoop _loop;
    private readonly FlushPlanner _planner;
    private readonly ReplicationMetrics _metrics;
    private readonly DiskReserve _reserve;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _fatal;
    private readonly Lock _gate = new();
    private readonly List<Round> _round = [];
    private List<GroupOwner> _incoming = [];
    private List<GroupOwner> _taken = [];
    private readonly Queue<(Action Run, Action<Exception> Refuse)> _jobs = new();
    private volatile Exception? _failure;
    private volatile bool _mustLook;
    private readonly List<GroupOwner> _unflushed = [];
    private volatile bool _hasUnflushed;
    private volatile bool _mustFlushAll;

    public WriteLane(string name, IScheduler scheduler, FlushPlanner planner, LaneServices services)
    {
        _planner = planner;
        _metrics = services.Metrics;
        _reserve = services.Reserve;
        _time = services.Time;
        _fatal = services.Fatal;
        _loop = scheduler.CreateLoop(name, LoopKind.Disk, RunRound);
    }

    private readonly record struct Round(GroupOwner Owner, int Truncations, WriteOutcome Outcome, bool IsFlushed);

    /// <summary>
    /// DISK: a directory in which something was made; durable before anything is reported that was written since.
    /// </summary>
    public void AddDirectory(string path) => _planner.AddDirectory(path);

    /// <summary>Any thread: the group's log has something to write.</summary>
    public void Enqueue(GroupOwner owner)
    {
        lock (_gate)
        {
            if (owner.IsQueuedForDisk)
                return;

            owner.IsQueuedForDisk = true;
            _incoming.Add(owner);
        }

        _loop.Signal();
    }

    /// <summary>Any thread: the room on the disk is measured in the next round.</summary>
    public void LookSoon()
    {
        _mustLook = true;
        _loop.Signal();
    }

    /// <summary>Any thread: what relaxed groups have written is flushed in the next round.</summary>
    public void FlushSoon()
    {
        if (!_hasUnflushed)
            return;

        _mustFlushAll = true;
        _loop.Signal();
    }

    /// <summary>DISK, in a job: what a group has appended is flushed on return, unless the disk is full.</summary>
    public void FlushNow(GroupOwner owner)
    {
        owner.Unflushed.Demand();
        Write(owner);
        Flush();
    }

    /// <summary>
    /// Any thread: work that blocks on this lane's files, between two rounds. After a failure of the lane, or by it, it
    /// is not done and fails in the same way: whoever stops the broker must not wait for it.
    /// </summary>
    public Task<T> RunAsync<T>(Func<T> job)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_failure is { } failure)
                return Task.FromException<T>(failure);

            _jobs.Enqueue((() => Complete(job, done), refused => done.TrySetException(refused)));
        }

        _loop.Signal();
        return done.Task;
    }

    public void Dispose() => _loop.Dispose();

    private void RunRound()
    {
        if (_failure is not null)
            return;

        try
        {
            LookAtDisk();
            Take();
            foreach (GroupOwner owner in _taken)
                Write(owner);
            _taken.Clear();
            Flush();
            RunJobs();
            _hasUnflushed = _unflushed.Count > 0;
        }
        catch (Exception failure)
        {
            // A flush that failed is never tried again: what the disk holds is not known any more.
            _fatal(failure);
            RefuseJobs(failure);
        }
    }

    private void RefuseJobs(Exception failure)
    {
        lock (_gate)
        {
            _failure = failure;
            while (_jobs.TryDequeue(out (Action Run, Action<Exception> Refuse) job))
                job.Refuse(failure);
        }
    }

    private void LookAtDisk()
    {
        if (!_mustLook)
            return;

        _mustLook = false;
        _reserve.Look();
    }

    private void Take()
    {
        lock (_gate)
        {
            if (_mustFlushAll)
                DemandAll();
            (_incoming, _taken) = (_taken, _incoming);
            foreach (GroupOwner owner in _taken)
                owner.IsQueuedForDisk = false;
        }
    }

    private void DemandAll()
    {
        _mustFlushAll = false;
        foreach (GroupOwner owner in _unflushed)
        {
            owner.Unflushed.Demand();
            if (!owner.IsQueuedForDisk)
            {
                owner.IsQueuedForDisk = true;
                _incoming.Add(owner);
            }
        }
    }

    private void Write(GroupOwner owner)
    {
        if (owner.IsClosed)
        {
            Unlist(owner);
            return;
        }

        PartitionLog log = owner.Log.Log;
        int truncations = log.Truncations;
        WriteOutcome outcome = log.WritePending();
        _metrics.CountWritten(outcome.Bytes);
        bool flushes = owner.Unflushed.MustFlush(outcome);
        var round = new Round(owner, truncations, outcome, flushes && outcome.NeedsFlush);
        if (round.IsFlushed)
            log.CollectDirty(_planner);
        else if (outcome.NeedsFlush)
            List(owner);

        // What is written counts: it need not wait for what others have to flush.
        if (flushes)
            _round.Add(round);
        else
            Report(round);
    }

    private void List(GroupOwner owner)
    {
        if (owner.Unflushed.ListedAt >= 0)
            return;

        owner.Unflushed.ListedAt = _unflushed.Count;
        _unflushed.Add(owner);
    }

    // The last one takes its place: all of them may leave the list in one round.
    private void Unlist(GroupOwner owner)
    {
        int at = owner.Unflushed.ListedAt;
        if (at < 0)
            return;

        GroupOwner last = _unflushed[^1];
        (_unflushed[at], last.Unflushed.ListedAt) = (last, at);
        _unflushed.RemoveAt(_unflushed.Count - 1);
        owner.Unflushed.ListedAt = -1;
    }

    private void Flush()
    {
        if (_round.Count == 0)
            return;

        long begun = _time.GetTimestamp();
        _planner.Flush();
        _metrics.CountFlush(_time.GetElapsedTime(begun));
        foreach (Round round in _round)
            Report(round);
        _round.Clear();
    }

    private void Report(in Round round)
    {
        PartitionLog log = round.Owner.Log.Log;
        WriteOutcome outcome = round.Outcome;
        if (round.IsFlushed)
        {
            log.Flushed(outcome);
            round.Owner.Unflushed.Flushed();
            Unlist(round.Owner);
        }

        if (round.Owner.Log.TakeMaintenance())
            log.Maintain();

        var report = new DiskReport(
            outcome.LastIndex,
            outcome.LastTerm,
            round.Truncations,
            outcome.Status != WriteStatus.Ok,
            outcome.Bytes,
            outcome.Status == WriteStatus.Failed ? outcome.Error?.Message : null);
        round.Owner.Loop.Post(ReplicaEvent.Written(round.Owner, report));
        if (outcome.HasMore && outcome.Status == WriteStatus.Ok)
            Enqueue(round.Owner);
    }

    private void RunJobs()
    {
        while (true)
        {
            (Action Run, Action<Exception> Refuse) job;
            lock (_gate)
            {
                if (!_jobs.TryDequeue(out job))
                    return;
            }

            job.Run();
        }
    }

    private static void Complete<T>(Func<T> job, TaskCompletionSource<T> done)
    {
        try
        {
            done.TrySetResult(job());
        }
        catch (FlushFailedException failure)
        {
            done.TrySetException(failure);
            throw;
        }
        catch (Exception failure)
        {
            done.TrySetException(failure);
        }
    }
}
