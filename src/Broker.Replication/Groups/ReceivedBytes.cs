using Broker.Model;

namespace Broker.Replication;

/// <summary>
/// A group's share of <see cref="PeerMemory"/>: what it took for entries until they are on disk. OWNER only.
/// </summary>
internal sealed class ReceivedBytes(PeerMemory memory)
{
    private readonly Queue<(LogIndex Last, int Bytes)> _held = new();

    public void Hold(LogIndex last, int bytes) => _held.Enqueue((last, bytes));

    /// <summary>Entries up to here are on disk.</summary>
    public void Written(LogIndex index)
    {
        while (_held.TryPeek(out (LogIndex Last, int Bytes) first) && first.Last <= index)
            memory.Give(_held.Dequeue().Bytes);
    }

    public void Truncated(LogIndex from)
    {
        for (int i = _held.Count; i > 0; i--)
        {
            (LogIndex Last, int Bytes) held = _held.Dequeue();
            if (held.Last >= from)
                memory.Give(held.Bytes);
            else
                _held.Enqueue(held);
        }
    }

    public void ReleaseAll() => Truncated(LogIndex.Zero);
}
