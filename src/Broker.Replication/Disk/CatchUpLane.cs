using Broker.Model;
using Broker.Raft;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>
/// Reads from disk, for followers that are far behind, what memory no longer holds, and sends it over the bulk lane:
/// one read at a time, at a bounded pace, so that it delays neither heartbeats nor producers. What finds no room is let
/// go; its group asks again.
/// </summary>
internal sealed class CatchUpLane : IDisposable
{
    private readonly PeerMesh _mesh;
    private readonly ILogger _log;
    private readonly LaneServices _services;
    private readonly CatchUpPace _pace;
    private readonly int _most;
    private readonly ILoop _loop;
    private readonly ITimer _wake;
    private readonly Lock _gate = new();
    private readonly Queue<Wanted> _wanted = new();
    private readonly LogSlices _slices = new();

    public CatchUpLane(
        PeerMesh mesh, ReplicaHostOptions options, IScheduler scheduler, LaneServices services, ILogger log)
    {
        _mesh = mesh;
        _log = log;
        _services = services;
        _most = options.MaxCatchUpReads;
        _pace = new CatchUpPace(options.CatchUpBytesPerSecond, services.Time);
        _loop = scheduler.CreateLoop("catch-up", LoopKind.Disk, Round);
        _wake = services.Time.CreateTimer(
            _ => _loop.Signal(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private readonly record struct Wanted(GroupOwner Owner, RaftMessage Message, int Truncations);

    /// <summary>OWNER. False: no room.</summary>
    public bool TryAdd(GroupOwner owner, in RaftMessage message)
    {
        lock (_gate)
        {
            if (_wanted.Count >= _most)
                return false;

            _wanted.Enqueue(new Wanted(owner, message, owner.Log.Log.Truncations));
        }

        _loop.Signal();
        return true;
    }

    public void Dispose()
    {
        _loop.Dispose();
        _wake.Dispose();
    }

    private void Round()
    {
        try
        {
            ReadAll();
        }
        catch (Exception failure)
        {
            _services.Fatal(failure);
        }
    }

    private void ReadAll()
    {
        while (true)
        {
            TimeSpan wait = _pace.Wait;
            if (wait > TimeSpan.Zero)
            {
                _wake.Change(wait, Timeout.InfiniteTimeSpan);
                return;
            }

            Wanted wanted;
            lock (_gate)
            {
                if (!_wanted.TryDequeue(out wanted))
                    return;
            }

            try
            {
                ReadAndSend(wanted);
            }
            catch (Exception failure) when (failure is StorageException or ObjectDisposedException)
            {
                // Closed meanwhile, or damaged: then the log says so itself.
                Failed(wanted, failure.Message);
            }
            finally
            {
                _slices.Clear();
            }
        }
    }

    private void ReadAndSend(in Wanted wanted)
    {
        RaftMessage message = wanted.Message;
        LogIndex from = message.PrevIndex + 1;
        ReadOutcome outcome = wanted.Owner.Log.Log.ReadFrames(
            from, message.LastIndex, int.MaxValue, wanted.Truncations, _slices);
        if (outcome != ReadOutcome.Ok || _slices.LastIndex != message.LastIndex)
        {
            if (outcome == ReadOutcome.Damaged)
                Failed(wanted, outcome.ToString());
            return;
        }

        PeerFrame frame = _mesh.Context.Frames.Begin(PeerFrameKind.Entries);
        GroupMessageCodec.Write(frame, wanted.Owner.Id, message, senderIsFull: false);
        _slices.AddTo(frame);
        _pace.Spent(frame.Length);
        _mesh.Send(message.To, frame.Seal(), PeerLane.Bulk);
    }

    private void Failed(in Wanted wanted, string reason) => _log.CatchUpFailed(
        wanted.Owner.Id, wanted.Message.PrevIndex + 1, wanted.Message.LastIndex, wanted.Message.To, reason);
}
