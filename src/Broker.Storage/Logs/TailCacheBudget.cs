namespace Broker.Storage;

/// <summary>
/// How much memory the tails of all logs of a broker may hold beyond what is not written yet. The newest bytes of the
/// whole broker stay, whichever log they belong to: an entry goes when that many bytes were appended after it. Any
/// thread.
/// </summary>
public sealed class TailCacheBudget(long bytes = TailCacheBudget.Default)
{
    public const long Default = 64L << 20;
    private const int SweptAtOnce = 8;

    private readonly Lock _gate = new();
    private readonly List<PartitionLog> _logs = [];
    private long _used;
    private long _appended;
    private int _hand;

    public long Limit => bytes;

    /// <summary>Bytes held now, unwritten ones included.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>What was appended up to this stamp is due to go.</summary>
    internal long Horizon => Volatile.Read(ref _appended) - bytes;

    internal bool IsExceeded => Used > bytes;

    internal long NextStamp(int length) => Interlocked.Add(ref _appended, length);

    internal void Change(long held) => Interlocked.Add(ref _used, held);

    internal void Join(PartitionLog log)
    {
        lock (_gate)
            _logs.Add(log);
    }

    internal void Leave(PartitionLog log)
    {
        lock (_gate)
            _logs.Remove(log);
    }

    /// <summary>
    /// Lets a few logs drop what is due, so that idle ones give up their memory too. Not under any log's gate.
    /// </summary>
    internal void Sweep()
    {
        for (int i = 0; i < SweptAtOnce && IsExceeded; i++)
        {
            PartitionLog log;
            lock (_gate)
            {
                if (_logs.Count == 0)
                    return;
                _hand = (_hand + 1) % _logs.Count;
                log = _logs[_hand];
            }

            log.DropFromTail();
        }
    }
}
