namespace Broker.Replication;

/// <summary>
/// Runs one round at a time. Signals coalesce: after <see cref="Signal"/> the round runs at least once from its start,
/// on whatever thread, and sees what was written before the signal.
/// </summary>
public interface ILoop : IDisposable
{
    /// <summary>Any thread; never blocks. Ignored once disposed.</summary>
    void Signal();
}
