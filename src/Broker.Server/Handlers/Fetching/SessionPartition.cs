using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers.Fetching;

/// <summary>What a session remembers of a partition: what was asked of it, and what was told. The session's.</summary>
internal sealed class SessionPartition
{
    // What no partition has: whatever comes next is news.
    private static readonly Offset NotTold = new(-1);

    private Offset _highWatermark = NotTold;
    private Offset _logStart = NotTold;

    public SessionPartition(in FetchKey key)
    {
        Key = key;
        Node = new LinkedListNode<SessionPartition>(this);
    }

    public FetchKey Key { get; }

    public LinkedListNode<SessionPartition> Node { get; }

    public FetchPosition Position { get; private set; }

    public int MaxBytes { get; private set; }

    public void Ask(in FetchPosition position, int maxBytes) => (Position, MaxBytes) = (position, maxBytes);

    /// <summary>Whether there is news of it: records, an error, or an end or a beginning that has moved.</summary>
    public bool Learn(FetchPart part)
    {
        bool isNews = part.Slices.Bytes > 0
            || part.Outcome.HighWatermark != _highWatermark
            || part.Outcome.LogStart != _logStart;
        (_highWatermark, _logStart) = (part.Outcome.HighWatermark, part.Outcome.LogStart);
        if (part.Code == ErrorCode.None && part.Outcome.Diverging is null)
            return isNews;

        // When that is over, it is told.
        (_highWatermark, _logStart) = (NotTold, NotTold);
        return true;
    }
}
