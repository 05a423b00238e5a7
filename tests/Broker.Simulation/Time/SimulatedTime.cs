namespace Broker.Simulation.Time;

/// <summary>The queue's clock as a process sees it. Timers are late by up to a millisecond, as they are.</summary>
public sealed class SimulatedTime(EventQueue queue, Life life) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => queue.Now;

    public override DateTimeOffset GetUtcNow() => Epoch.AddTicks(queue.Now);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(queue, life, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(EventQueue queue, Life life, Action callback) : ITimer
    {
        private long _setting;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _setting++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Arm(dueTime);
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan due)
        {
            long setting = _setting;
            long late = queue.Draw(0, EventQueue.TicksPerMillisecond);
            queue.After(due.Ticks + late, life, "timer", () => Fire(setting));
        }

        private void Fire(long setting)
        {
            if (setting != _setting)
                return;

            if (_period > TimeSpan.Zero)
                Arm(_period);
            callback();
        }
    }
}
