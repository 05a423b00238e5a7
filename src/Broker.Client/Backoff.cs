namespace Broker.Client;

/// <summary>
/// The pauses between the tries of one operation: doubling, with jitter so that many clients spread out.
/// </summary>
internal struct Backoff(ClientOptions options)
{
    private TimeSpan _next = options.RetryBackoff;

    public TimeSpan Next()
    {
        TimeSpan pause = _next * (0.8 + (0.4 * Random.Shared.NextDouble()));
        _next = _next * 2 < options.RetryBackoffMax ? _next * 2 : options.RetryBackoffMax;
        return pause;
    }
}
