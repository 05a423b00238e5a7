using System.Runtime.InteropServices;
using Broker.Model;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// Owns some of a broker's groups: their mailboxes are one, and whoever runs a round owns them all. A round takes
/// everything that has come in, steps the groups that it concerns, and sends what they say to each peer in one frame.
/// </summary>
internal sealed class OwnerLoop : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ILoop _loop;
    private readonly PeerOutbox _outbox;
    private readonly Action<Exception> _fatal;
    private readonly SortedDictionary<PartitionId, GroupOwner> _groups = [];
    private readonly List<GroupOwner> _ticked = [];
    private readonly List<GroupOwner> _touched = [];
    private List<ReplicaEvent> _incoming = [];
    private List<ReplicaEvent> _taken = [];
    private int _ticks;
    private volatile bool _failed;

    public OwnerLoop(string name, IScheduler scheduler, OwnerLoopParts parts, Action<Exception> fatal)
    {
        (PeerOutbox outbox, PeerBeats beats, ElectionHistory elections, Random random) = parts;
        Beats = beats;
        Elections = elections;
        Random = random;
        _outbox = outbox;
        _fatal = fatal;
        _loop = scheduler.CreateLoop(name, LoopKind.Pool, Round);
    }

    public PeerOutbox Outbox => _outbox;

    /// <summary>OWNER.</summary>
    public PeerBeats Beats { get; }

    /// <summary>OWNER.</summary>
    public ElectionHistory Elections { get; }

    /// <summary>How many ticks in a row it has not come to. TICKER.</summary>
    public int MissedTicks { get; private set; }

    /// <summary>OWNER: for the cores of its groups.</summary>
    public Random Random { get; }

    /// <summary>OWNER: for one read at a time, of whatever group.</summary>
    public LogSlices Slices { get; } = new();

    /// <summary>Any thread.</summary>
    public void Post(in ReplicaEvent item)
    {
        lock (_gate)
            _incoming.Add(item);
        _loop.Signal();
    }

    /// <summary>Adds without waking the loop; for several in a row, followed by <see cref="Wake"/>.</summary>
    public void PostQuietly(in ReplicaEvent item)
    {
        lock (_gate)
            _incoming.Add(item);
    }

    public void Wake() => _loop.Signal();

    /// <summary>TICKER.</summary>
    public void Tick()
    {
        // A loop that could not keep up gets one tick, not all that it missed: time that it slept is not silence.
        bool missed = Interlocked.Exchange(ref _ticks, 1) != 0;
        MissedTicks = missed ? MissedTicks + 1 : 0;
        _loop.Signal();
    }

    /// <summary>OWNER: from a command.</summary>
    public void Attach(GroupOwner group)
    {
        _groups.Add(group.Id, group);
        TickIfNeeded(group);
    }

    /// <summary>OWNER: from a command.</summary>
    public void Detach(GroupOwner group) => _groups.Remove(group.Id);

    public void Dispose() => _loop.Dispose();

    private void Round()
    {
        if (_failed)
            return;

        try
        {
            bool ticked = Interlocked.Exchange(ref _ticks, 0) != 0;
            Take();
            foreach (ref readonly ReplicaEvent item in CollectionsMarshal.AsSpan(_taken))
                Dispatch(item);
            _taken.Clear();
            if (ticked)
                TickAll();
            Settle();
        }
        catch (Exception failure)
        {
            // A broken invariant: going on could only make it worse.
            _failed = true;
            _fatal(failure);
        }
    }

    private void Take()
    {
        lock (_gate)
            (_incoming, _taken) = (_taken, _incoming);
    }

    private void Dispatch(in ReplicaEvent item)
    {
        if (item.Target is { } target)
        {
            target.Handle(item);
            Touch(target);
            return;
        }

        switch (item.Kind)
        {
            case ReplicaEventKind.Beat:
                Beats.Heard(item.Peer);
                break;
            case ReplicaEventKind.PeerLost:
                Beats.Lost(item.Peer);
                PeerLost(item.Peer);
                break;
            case ReplicaEventKind.Rouse:
                WakeThose(static (group, _) => group.Rouse(), item.Peer);
                break;
            default:
                foreach (GroupOwner group in _groups.Values)
                {
                    group.Handle(item);
                    Touch(group);
                }

                break;
        }
    }

    private void PeerLost(BrokerId peer) => WakeThose((group, lost) => group.PeerLost(lost, Beats.SilenceOf), peer);

    private void WakeThose(Action<GroupOwner, BrokerId> wake, BrokerId peer)
    {
        foreach (GroupOwner group in _groups.Values)
        {
            bool slept = group.IsAsleep;
            wake(group, peer);
            if (slept && !group.IsAsleep)
                Touch(group);
        }
    }

    private void TickAll()
    {
        foreach (BrokerId peer in Beats.Tick())
            PeerLost(peer);

        int kept = 0;
        foreach (GroupOwner group in CollectionsMarshal.AsSpan(_ticked))
        {
            if (group.Tick())
                Touch(group);
            group.IsTicked = group.NeedsTicks;
            if (group.IsTicked)
                _ticked[kept++] = group;
        }

        _ticked.RemoveRange(kept, _ticked.Count - kept);
    }

    private void TickIfNeeded(GroupOwner group)
    {
        if (group.IsTicked || !group.NeedsTicks)
            return;

        group.IsTicked = true;
        _ticked.Add(group);
    }

    private void Touch(GroupOwner group)
    {
        if (group.IsTouched)
            return;

        group.IsTouched = true;
        _touched.Add(group);
    }

    private void Settle()
    {
        foreach (GroupOwner group in _touched)
        {
            group.IsTouched = false;
            group.Settle();
            TickIfNeeded(group);
        }

        _touched.Clear();
        _outbox.Send();
    }
}
