using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// Makes terms and votes durable: all that has come in since the last flush shares the next one. A loop of its own, so
/// that an election does not wait for data.
/// </summary>
internal sealed class VoteLane : IDisposable
{
    private readonly VoteJournal _journal;
    private readonly Action<Exception> _fatal;
    private readonly ILoop _loop;
    private readonly Lock _gate = new();
    private List<(GroupOwner Owner, HardState Hard)> _incoming = [];
    private List<(GroupOwner Owner, HardState Hard)> _taken = [];
    private List<TaskCompletionSource> _waiting = [];
    private bool _flushAnyway;
    private volatile bool _failed;

    public VoteLane(VoteJournal journal, IScheduler scheduler, Action<Exception> fatal)
    {
        _journal = journal;
        _fatal = fatal;
        _loop = scheduler.CreateLoop("votes", LoopKind.Disk, Round);
    }

    public VoteJournal Journal => _journal;

    /// <summary>Any thread. The owner hears of it when it is durable.</summary>
    public void Save(GroupOwner owner, HardState hard)
    {
        _journal.RecordVote(owner.Id, hard.Term, hard.VotedFor);
        lock (_gate)
            _incoming.Add((owner, hard));
        _loop.Signal();
    }

    /// <summary>Makes what else was recorded durable, marks above all.</summary>
    public void FlushSoon()
    {
        lock (_gate)
            _flushAnyway = true;
        _loop.Signal();
    }

    /// <summary>Completes when all that was recorded before is durable.</summary>
    public Task FlushAsync()
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _waiting.Add(flushed);
        FlushSoon();
        return flushed.Task;
    }

    public void Dispose() => _loop.Dispose();

    private void Round()
    {
        if (_failed)
            return;

        List<TaskCompletionSource> waiting;
        lock (_gate)
        {
            if (_incoming.Count == 0 && !_flushAnyway)
                return;

            _flushAnyway = false;
            (_incoming, _taken) = (_taken, _incoming);
            (waiting, _waiting) = (_waiting, []);
        }

        try
        {
            _journal.Flush();
        }
        catch (Exception failure)
        {
            _failed = true;
            _fatal(failure);
            return;
        }

        foreach (TaskCompletionSource flushed in waiting)
            flushed.SetResult();
        foreach ((GroupOwner owner, HardState hard) in _taken)
            owner.Loop.Post(ReplicaEvent.Saved(owner, hard));
        _taken.Clear();
    }
}
