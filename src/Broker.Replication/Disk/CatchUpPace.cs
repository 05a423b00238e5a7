namespace Broker.Replication;

/// <summary>Limits catch-up to so many bytes per second, with a burst of a tenth of a second. One loop only.</summary>
internal sealed class CatchUpPace(long bytesPerSecond, TimeProvider time)
{
    private readonly long _burst = Math.Max(bytesPerSecond / 10, 1);
    private long _allowance = Math.Max(bytesPerSecond / 10, 1);
    private long _last = time.GetTimestamp();

    /// <summary>How long to wait before more may be sent; zero to go on.</summary>
    public TimeSpan Wait
    {
        get
        {
            Refill();
            return _allowance > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((1.0 - _allowance) / bytesPerSecond);
        }
    }

    public void Spent(long bytes) => _allowance -= bytes;

    private void Refill()
    {
        long now = time.GetTimestamp();
        double earned = time.GetElapsedTime(_last, now).TotalSeconds * bytesPerSecond;
        if (earned < 1)
            return;

        _last = now;
        _allowance = Math.Min(_burst, _allowance + (long)earned);
    }
}
