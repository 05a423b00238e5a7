namespace Broker.Server.Network.Frames;

/// <summary>
/// The memory that records on their way to all clients together may take. Nobody waits for it: who asks is granted at
/// most a
/// quarter of what is left, so that responses become smaller as clients leave them lying, and never run out.
/// </summary>
internal sealed class ResponseMemory(long capacity)
{
    private long _used;

    public long Used => Volatile.Read(ref _used);

    /// <summary>How much of what is wanted may be read now; to be taken with what really was read.</summary>
    public int Room(int wanted) => (int)Math.Min(wanted, Math.Max(0, (capacity - Used) / 4));

    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
