using Broker.Model;
using Broker.Raft;
using Broker.Simulation.Invariants;
using Broker.Simulation.Time;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>What befalls a world: drawn from its chance, at drawn moments; each fault has its drawn end.</summary>
internal sealed class Nemesis(ReplicaWorld world)
{
    // In worlds of an even seed nothing is kept for those who are away (World.DrawHostOptions).
    private const long ShortLog = 4 << 10;

    private const long Millisecond = EventQueue.TicksPerMillisecond;

    private readonly EventQueue _queue = world.Queue;
    private readonly MachineFaults _faults = new(world.Queue, world.Network, world.Seats);
    private readonly long _pause = world.Queue.Draw(100, 800) * Millisecond;
    private int _watching;
    private ReplicaSeat? _rotten;

    public void Begin()
    {
        _faults.IsRunning = true;
        foreach (ReplicaSeat seat in world.Seats)
        {
            if (_queue.Chance(0.3))
                EndYoung(seat);
        }

        Next();
    }

    public void Heal() => _faults.Heal();

    /// <summary>Faults that strike just as something is said: a vote, a term, the first entries of one.</summary>
    public void Sees(in RaftMessage message)
    {
        if (!_faults.IsRunning || _watching == 0 || Wire.IsHeartbeat(message))
            return;

        if (--_watching > 0)
            return;

        ReplicaSeat victim = world.Seat(_queue.Chance(0.5) ? message.From : message.To);
        _queue.After(_queue.Draw(0, 2 * Millisecond), _queue.World, "strike", () => _faults.Crash(victim));
    }

    // Before what it made is flushed: its next life finds it, and must not take it for durable.
    private void EndYoung(ReplicaSeat seat) => _faults.Later(_queue.Draw(1, 4 * Millisecond), () =>
    {
        seat.Kill();
        seat.Start();
        if (_queue.Chance(0.5))
            _faults.Later(_faults.Some(1000), () => _faults.Crash(seat));
    });

    private void Next() => _queue.After(_queue.Draw(1, 2 * _pause), _queue.World, "nemesis", () =>
    {
        if (!_faults.IsRunning)
            return;

        Strike();
        if (world.Seed % 2 == 0)
            Retain(ShortLog);
        if (world.Seed % 8 == 6)
            LoseCheckpoint();
        Next();
    });

    private void Strike()
    {
        Machine victim = _faults.Any();
        switch (_queue.Random.Next(20))
        {
            case 0 or 1 or 2:
                _faults.Crash(victim);
                break;
            case 3:
                _faults.CrashAll();
                break;
            case 4 or 5:
                _watching = _queue.Random.Next(1, 12);
                break;
            case 6 or 7:
                _faults.CutOneWay(victim.Id, _faults.Any().Id);
                break;
            case 8:
                _faults.Isolate(victim);
                break;
            case 9:
                _faults.Reset(victim);
                break;
            case 10:
                _faults.Pause(victim);
                break;
            case 11:
                _faults.SlowDisk(victim);
                break;
            case 12:
                _faults.FillDisk(victim);
                break;
            case 13:
                _faults.FailFlush(victim);
                break;
            case 18:
                Decay();
                break;
            case 14:
                Transfer();
                break;
            case 15:
                Retain(_queue.Draw(4, 64) << 10);
                break;
            case 16:
                foreach (var group in world.Groups)
                    world.Seat(victim.Id).Find(group)?.RequestCheckpoint();
                break;
            case 17:
                GroupRecord reopened = world.Groups[_queue.Random.Next(world.Groups.Count)];
                world.Seat(victim.Id).Reopen(reopened);
                break;
            default:
                world.Network.MendAll();
                break;
        }
    }

    // Nor in a relaxed group, whose voters may all be needed just then.
    // In one replica of a world only: what two of three have lost is gone, whatever anybody does.
    private void Decay()
    {
        _rotten ??= world.Seat(_faults.Any().Id);
        GroupRecord group = world.Groups[_queue.Random.Next(world.Groups.Count)];
        if (_rotten.IsUp && !group.IsRelaxed && _rotten.Decay(group, butNewest: 2))
            _queue.Trace.Note(_queue.Now, _rotten.Name, $"has lost a bit of {group.Name}");
    }

    // In one broker of a world only, again: where all have lost it, nobody can give it back.
    private void LoseCheckpoint()
    {
        _rotten ??= world.Seat(_faults.Any().Id);
        GroupRecord group = world.Groups[_queue.Random.Next(world.Groups.Count)];
        if (_queue.Chance(0.3))
            _faults.Crash(_rotten);
        _rotten.LosesCheckpointOf = group;
    }

    private void Transfer()
    {
        foreach (var group in world.Groups)
        {
            if (world.Clients.LeaderOf(group)?.Find(group) is { } replica)
                _ = replica.TransferLeadershipAsync(
                    _queue.Chance(0.5) ? _faults.Any().Id : null, CancellationToken.None);
        }
    }

    private void Retain(long bytes)
    {
        foreach (var group in world.Groups)
            world.Clients.LeaderOf(group)?.Find(group)?.ApplyRetention(-1, bytes);
    }
}
