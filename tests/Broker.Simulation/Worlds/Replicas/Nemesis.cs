using Broker.Model;
using Broker.Raft;
using Broker.Simulation.Invariants;
using Broker.Simulation.Time;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>What befalls a world: drawn from its chance, at drawn moments; each fault has its drawn end.</summary>
internal sealed class Nemesis(ReplicaWorld world)
{
    private const long Millisecond = EventQueue.TicksPerMillisecond;

    private readonly EventQueue _queue = world.Queue;
    private readonly long _pause = world.Queue.Draw(100, 800) * Millisecond;
    private bool _isRunning;
    private int _watching;
    private ReplicaSeat? _rotten;

    public void Begin()
    {
        _isRunning = true;
        Next();
    }

    public void End() => _isRunning = false;

    /// <summary>Faults that strike just as something is said: a vote, a term, the first entries of one.</summary>
    public void Sees(in RaftMessage message)
    {
        if (!_isRunning || _watching == 0 || message.Kind is MessageKind.Heartbeat or MessageKind.HeartbeatReply)
            return;

        if (--_watching > 0)
            return;

        ReplicaSeat victim = world.Seat(_queue.Chance(0.5) ? message.From : message.To);
        _queue.After(_queue.Draw(0, 2 * Millisecond), _queue.World, "strike", () => Crash(victim));
    }

    private void Next() => _queue.After(_queue.Draw(1, 2 * _pause), _queue.World, "nemesis", () =>
    {
        if (!_isRunning)
            return;

        Strike();
        Next();
    });

    private void Strike()
    {
        ReplicaSeat victim = Any();
        switch (_queue.Random.Next(20))
        {
            case 0 or 1 or 2:
                Crash(victim);
                break;
            case 3:
                CrashAll();
                break;
            case 4 or 5:
                _watching = _queue.Random.Next(1, 12);
                break;
            case 6 or 7:
                CutOneWay(victim.Id, Any().Id);
                break;
            case 8:
                Isolate(victim);
                break;
            case 9:
                Note(victim, "connections break");
                world.Network.Reset(victim.Id);
                break;
            case 10:
                Note(victim, "is paused");
                victim.Life.PausedUntil = _queue.Now + Some(3000);
                break;
            case 11:
                Note(victim, "has a slow disk");
                victim.Pace.SlowUntil = _queue.Now + Some(3000);
                break;
            case 12:
                FillDisk(victim);
                break;
            case 13:
                FailFlush(victim);
                break;
            case 18:
                Decay();
                break;
            case 14:
                Transfer();
                break;
            case 15:
                Retain();
                break;
            case 16:
                foreach (var group in world.Groups)
                    victim.Find(group)?.RequestCheckpoint();
                break;
            default:
                world.Network.MendAll();
                break;
        }
    }

    private ReplicaSeat Any() => world.Seats[_queue.Random.Next(world.Seats.Count)];

    private long Some(int milliseconds) => _queue.Draw(1, milliseconds) * Millisecond;

    private void Crash(ReplicaSeat victim)
    {
        if (_queue.Chance(0.5))
            victim.Kill();
        else
            victim.PowerOff();
        Later(Some(_queue.Chance(0.5) ? 50 : 3000), victim.Start);
    }

    private void CrashAll()
    {
        foreach (ReplicaSeat seat in world.Seats)
            Crash(seat);
    }

    private void CutOneWay(BrokerId from, BrokerId to)
    {
        if (from == to)
            return;

        _queue.Trace.Note(_queue.Now, "network", $"{from} → {to} is cut");
        world.Network.Cut(from, to);
        bool both = _queue.Chance(0.5);
        if (both)
            world.Network.Cut(to, from);
        Later(Some(4000), () =>
        {
            _queue.Trace.Note(_queue.Now, "network", $"{from} → {to} is mended");
            world.Network.Mend(from, to);
            world.Network.Mend(to, from);
        });
    }

    private void Isolate(ReplicaSeat victim)
    {
        Note(victim, "is isolated");
        foreach (ReplicaSeat other in world.Seats.Where(other => other != victim))
        {
            world.Network.Cut(victim.Id, other.Id);
            world.Network.Cut(other.Id, victim.Id);
        }

        Later(Some(4000), world.Network.MendAll);
    }

    private void FillDisk(ReplicaSeat victim)
    {
        Note(victim, "has a full disk");
        victim.Disk.Capacity = victim.Disk.UsedBytes + _queue.Random.Next(4000);
        Later(Some(3000), () => victim.Disk.Capacity = long.MaxValue);
    }

    private void FailFlush(ReplicaSeat victim)
    {
        Note(victim, "will fail to flush");
        victim.Disk.FailingFlushes = 1;
        Later(Some(3000), () =>
        {
            victim.Disk.FailingFlushes = 0;
            victim.Start();
        });
    }

    // In one replica of a world only: what two of three have lost is gone, whatever anybody does.
    private void Decay()
    {
        _rotten ??= Any();
        GroupRecord group = world.Groups[_queue.Random.Next(world.Groups.Count)];
        if (_rotten.IsUp && _rotten.Decay(group, butNewest: 2))
            Note(_rotten, $"has lost a bit of {group.Name}");
    }

    private void Transfer()
    {
        foreach (var group in world.Groups)
        {
            if (world.Clients.LeaderOf(group)?.Find(group) is { } replica)
                _ = replica.TransferLeadershipAsync(_queue.Chance(0.5) ? Any().Id : null, CancellationToken.None);
        }
    }

    private void Retain()
    {
        foreach (var group in world.Groups)
            world.Clients.LeaderOf(group)?.Find(group)?.ApplyRetention(-1, _queue.Draw(4, 64) << 10);
    }

    private void Later(long ticks, Action what) => _queue.After(ticks, _queue.World, "fault ends", () =>
    {
        if (_isRunning)
            what();
    });

    private void Note(ReplicaSeat seat, string what) => _queue.Trace.Note(_queue.Now, seat.Name, what);
}
