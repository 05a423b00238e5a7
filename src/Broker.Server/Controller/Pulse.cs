using Broker.Replication;

namespace Broker.Server.Controller;

/// <summary>
/// Something that happens again and again, and whose next time can be awaited. Take <see cref="Next"/> first, look at
/// the
/// state second, wait third: so nothing is missed. Costs nothing while nobody waits.
/// </summary>
internal sealed class Pulse
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _next;

    public Task Next
    {
        get
        {
            lock (_gate)
                return (_next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void Fire()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            waiting = _next;
            _next = null;
        }

        waiting?.SetResult();
    }

    /// <summary>
    /// Waits until the condition holds; false if that took longer than <paramref name="patience"/>, which may be
    /// infinite.
    /// </summary>
    public async Task<bool> UntilAsync(
        Func<bool> condition, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            Task next = Next;
            if (condition())
                return true;
            TimeSpan left = patience;
            if (patience != Timeout.InfiniteTimeSpan && (left -= time.GetElapsedTime(began)) <= TimeSpan.Zero)
                return false;
            if (!await next.WithinAsync(left, time, cancellation))
                return condition();
        }
    }
}
