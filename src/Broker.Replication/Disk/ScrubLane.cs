using Broker.Model;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>
/// Reads again all that this broker's logs have flushed, one log after another and at a bounded pace, so that damage
/// is met while others can still repair it. One loop and one timer for all groups: none of them is woken or told
/// anything, unless it is damaged.
/// </summary>
/// <remarks>
/// A pass begins with the start of the one before plus the interval, and soon after the start of the process. Where it
/// was is not remembered over a restart: instead every process begins at another place, so that restarts which come
/// too often for a pass to end do not always leave out the same logs.
/// </remarks>
internal sealed class ScrubLane : IDisposable
{
    private const long StepBytes = 1 << 20;

    /// <summary>What an empty log costs too: a file that is opened.</summary>
    private const long LeastCost = 4 << 10;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly ScrubTargets _targets;
    private readonly ScrubRecord _record;
    private readonly LaneServices _services;
    private readonly ILogger _log;
    private readonly TimeSpan _interval;
    private readonly CatchUpPace _pace;
    private readonly ILoop _loop;
    private readonly ITimer _wake;
    private long _begun;
    private TimeSpan _rest;
    private Queue<PartitionId>? _left;
    private Replica? _current;
    private ScrubPlace _place = new();

    public ScrubLane(
        ScrubTargets targets, ReplicaHostOptions options, IScheduler scheduler, LaneServices services, ILogger log)
    {
        _targets = targets;
        _record = services.Metrics.Scrub;
        _services = services;
        _log = log;
        _interval = options.ScrubInterval;
        _pace = new CatchUpPace(options.ScrubBytesPerSecond, services.Time);
        _begun = services.Time.GetTimestamp();
        _rest = _interval < FirstDelay ? _interval : FirstDelay;
        _loop = scheduler.CreateLoop("scrub", LoopKind.Disk, Round);
        _wake = services.Time.CreateTimer(_ => _loop.Signal(), null, _rest, Timeout.InfiniteTimeSpan);
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
            TimeSpan wait;
            while ((wait = Due()) == TimeSpan.Zero)
                Step();
            _wake.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
        }
        catch (Exception failure)
        {
            _services.Fatal(failure);
        }
    }

    private TimeSpan Due()
    {
        if (_left is not null)
            return _pace.Wait;
        TimeSpan left = _rest - _services.Time.GetElapsedTime(_begun);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Step()
    {
        if (_left is null)
        {
            _begun = _services.Time.GetTimestamp();
            _left = _targets.All();
            _record.Begin();
        }
        else if (_current is null)
        {
            Next();
        }
        else
        {
            Scrub(_current);
        }
    }

    private void Next()
    {
        if (!_left!.TryDequeue(out PartitionId id))
        {
            End();
            return;
        }

        _current = _targets.Find(id);
        _place = new ScrubPlace();
    }

    private void Scrub(Replica replica)
    {
        try
        {
            ScrubStep step = replica.Log.Scrub(_place, StepBytes);
            _pace.Spent(Math.Max(step.Bytes, LeastCost));
            _record.Count(step);
            if (step.Damage is { } damage)
                _log.ScrubMetDamage(replica.Id, damage);
            if (_place.IsAtEnd)
                _current = null;
        }
        catch (StorageException failure)
        {
            _log.ScrubFailed(replica.Id, failure.Message);
            _current = null;
        }
    }

    private void End()
    {
        TimeSpan took = _services.Time.GetElapsedTime(_begun);
        _record.End(_services.Time.GetUtcNow());
        if (took > _interval)
            _log.ScrubIsSlow(took, _interval);
        _log.Scrubbed(_record.PassBytes, took, _record.PassDamaged);
        _rest = _interval;
        _left = null;
    }
}
