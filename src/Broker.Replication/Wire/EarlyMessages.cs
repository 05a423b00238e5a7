using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// Requests for votes in groups that have not begun here yet: a new topic's first leader asks before all replicas
/// exist. Bounded in number; the oldest goes first. One caller at a time.
/// </summary>
internal sealed class EarlyMessages
{
    private const int Kept = 4096;

    private readonly SortedDictionary<PartitionId, GroupMessage> _byGroup = [];
    private readonly Queue<PartitionId> _order = new();

    public void Keep(in GroupMessage message)
    {
        if (message.Message.Kind is not (MessageKind.PreVote or MessageKind.Vote))
            return;

        if (!_byGroup.ContainsKey(message.Group))
            _order.Enqueue(message.Group);
        _byGroup[message.Group] = message;
        while (_order.Count > Kept)
            _byGroup.Remove(_order.Dequeue());
    }

    public GroupMessage? Take(PartitionId group) =>
        _byGroup.Remove(group, out GroupMessage message) ? message : null;
}
