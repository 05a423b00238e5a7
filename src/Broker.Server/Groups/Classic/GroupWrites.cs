using Broker.Protocol;

namespace Broker.Server.Groups.Classic;

/// <summary>What is to be durable: not taken yet, and taken but not answered.</summary>
internal sealed class GroupWrites
{
    private readonly Queue<GroupWrite> _wanted = new();
    private readonly Dictionary<long, Action<ErrorCode, TimeSpan>> _continuations = [];
    private long _lastTicket;

    /// <param name="metadata">What to write.</param>
    /// <param name="then">What follows, with the outcome and the time; it has to look whether it still matters.</param>
    public void Want(GroupMetadata metadata, Action<ErrorCode, TimeSpan> then)
    {
        _wanted.Enqueue(new GroupWrite(++_lastTicket, metadata));
        _continuations.Add(_lastTicket, then);
    }

    public bool TryTake(out GroupWrite write) => _wanted.TryDequeue(out write);

    public void Done(long ticket, ErrorCode error, TimeSpan now)
    {
        if (_continuations.Remove(ticket, out Action<ErrorCode, TimeSpan>? then))
            then(error, now);
    }

    public void Clear()
    {
        _wanted.Clear();
        _continuations.Clear();
    }
}
