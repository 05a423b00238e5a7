using Broker.Raft;
using Broker.Simulation.Clients;
using Broker.Simulation.Time;

namespace Broker.Simulation.Worlds.Clusters;

/// <summary>What befalls a cluster: its machines, its wires, the metadata group and the clients' connections.</summary>
internal sealed class ClusterNemesis(ClusterWorld world)
{
    private const long Millisecond = EventQueue.TicksPerMillisecond;

    private readonly EventQueue _queue = world.Queue;
    private readonly MachineFaults _faults = new(world.Queue, world.Network, world.Seats);
    private readonly long _pause = world.Queue.Draw(150, 1200) * Millisecond;
    private int _watching;

    /// <summary>The broker that went for good, as all believe; null if all are there, or come back.</summary>
    public BrokerSeat? Lost { get; private set; }

    public void Begin()
    {
        _faults.IsRunning = true;
        Next();
        if (world.HasLosses)
            LoseNext();
        if (world.Options.LosesABroker)
            _queue.After(world.Options.Torment.Ticks / _queue.Draw(2, 6), _queue.World, "gone", Lose);
    }

    /// <summary>The broker that was lost comes back after all.</summary>
    public void Find()
    {
        Lost!.IsLost = false;
        Lost.Start();
        Lost = null;
    }

    public void Heal()
    {
        _watching = 0;
        world.Losses.End();
        world.Metadata.Mend();
        world.ClientNetwork.MendAll();
        _faults.Heal();
    }

    /// <summary>Faults that strike just as brokers say something that matters.</summary>
    public void Sees(in RaftMessage message)
    {
        if (!_faults.IsRunning || _watching == 0 || Wire.IsHeartbeat(message))
            return;

        if (--_watching > 0)
            return;

        BrokerSeat victim = world.Seat(_queue.Chance(0.5) ? message.From : message.To);
        _queue.After(_queue.Draw(0, 2 * Millisecond), _queue.World, "strike", () => _faults.Crash(victim));
    }

    private void Next() => _queue.After(_queue.Draw(1, 2 * _pause), _queue.World, "nemesis", () =>
    {
        if (!_faults.IsRunning)
            return;

        Machine victim = _faults.Any();
        if (_queue.Chance(0.6))
            StrikeMachine(victim);
        else
            StrikeAround(victim);
        Next();
    });

    // Beside the others, so that a world without losses is as it would be without this.
    private void LoseNext() => _queue.After(_queue.Draw(1, 600 * Millisecond), _queue.World, "loss", () =>
    {
        if (!_faults.IsRunning)
            return;

        Lose(world.Seat(_faults.Any().Id));
        LoseNext();
    });

    private void Lose(BrokerSeat victim)
    {
        if (!world.Losses.AreMadeUpFor())
            return;

        // An orderly end says of all that is flushed that it is; then the disk is touched.
        world.Losses.Begin(victim);
        victim.Stop();
        _faults.Later(_faults.Some(1500), () =>
        {
            victim.Kill();
            world.Losses.Strike();
            _faults.Later(_faults.Some(2000), victim.Start);
        });
    }

    private void StrikeMachine(Machine victim)
    {
        switch (_queue.Random.Next(13))
        {
            case 0 or 1 or 2:
                _faults.Crash(victim);
                break;
            case 3:
                _faults.CrashAll();
                break;
            case 4 or 5:
                _watching = _queue.Random.Next(1, 20);
                break;
            case 6 or 7:
                StopOrderly(world.Seat(victim.Id));
                break;
            case 8:
                _faults.Pause(victim);
                break;
            case 9:
                _faults.SlowDisk(victim);
                break;
            case 10:
                _faults.FillDisk(victim);
                break;
            default:
                _faults.FailFlush(victim);
                break;
        }
    }

    private void StrikeAround(Machine victim)
    {
        switch (_queue.Random.Next(11))
        {
            case 0 or 1:
                _faults.CutOneWay(victim.Id, _faults.Any().Id);
                break;
            case 2:
                _faults.Isolate(victim);
                break;
            case 3:
                _faults.Reset(victim);
                break;
            case 4 or 5:
                world.Metadata.Depose();
                break;
            case 6:
                world.Metadata.CutOff(victim.Id);
                _faults.Later(_faults.Some(4000), world.Metadata.Mend);
                break;
            case 7:
                world.Metadata.Slow(victim.Id);
                _faults.Later(_faults.Some(4000), world.Metadata.Mend);
                break;
            case 8:
                world.ClientNetwork.Reset(victim.Id);
                break;
            case 9:
                CutClient(victim);
                break;
            default:
                world.Network.MendAll();
                break;
        }
    }

    private void Lose()
    {
        Lost = world.Seat(_faults.Any().Id);
        _queue.Trace.Note(_queue.Now, Lost.Name, "is lost");
        Lost.PowerOff();
        Lost.IsLost = true;
    }

    private void StopOrderly(BrokerSeat victim)
    {
        victim.Stop();
        _faults.Later(_faults.Some(4000), victim.Start);
    }

    private void CutClient(Machine victim)
    {
        KafkaClient client = world.Clients[_queue.Random.Next(world.Clients.Count)];
        _queue.Trace.Note(_queue.Now, client.Name, $"hears nothing of broker {victim.Id}");
        world.ClientNetwork.Cut(client.Name, victim.Id);
        _faults.Later(_faults.Some(3000), world.ClientNetwork.MendAll);
    }
}
