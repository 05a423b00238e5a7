using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers.Fetching;

/// <summary>
/// What a client fetches again and again (KIP-227): it names only what is new of that, and is told only what is news.
/// Each request names the epoch that follows the last one's, so that one that was lost or came twice is noticed. Any
/// thread.
/// </summary>
internal sealed class FetchSession
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FetchKey, SessionPartition> _byKey = [];

    // Those with records go to the end when they were told, so that all get their turn in an answer that is full.
    private readonly LinkedList<SessionPartition> _order = [];
    private readonly bool _byId;
    private int _epoch = EpochAfter(0);
    private int _count;

    /// <param name="round">A full fetch as it was answered: that is what the client knows.</param>
    public FetchSession(int id, bool byId, FetchRound round)
    {
        Id = id;
        _byId = byId;
        for (int i = 0; i < round.Count; i++)
        {
            SessionPartition partition = FindOrAdd(round[i].Key);
            partition.Ask(round[i].Position, round[i].MaxBytes);
            partition.Learn(round[i]);
        }

        _count = _order.Count;
        Node = new LinkedListNode<FetchSession>(this);
    }

    public int Id { get; }

    public int Count => Volatile.Read(ref _count);

    /// <summary>The cache's, like the two times.</summary>
    public LinkedListNode<FetchSession> Node { get; }

    public long MadeAt { get; set; }

    public long UsedAt { get; set; }

    /// <summary>What the next request has to name. 0 begins a session and -1 ends one: neither comes again.</summary>
    public static int EpochAfter(int epoch) => epoch == int.MaxValue ? 1 : epoch + 1;

    /// <summary>None, and the round asks for all that the session does with what is new in the request.</summary>
    /// <param name="most">So many partitions it may have.</param>
    public ErrorCode Begin(FetchRequest request, bool byId, int most, FetchRound round)
    {
        lock (_gate)
        {
            if (byId != _byId)
                return ErrorCode.FetchSessionTopicIdError;
            if (request.SessionEpoch != _epoch)
                return ErrorCode.InvalidFetchSessionEpoch;

            _epoch = EpochAfter(_epoch);
            Take(request);
            Volatile.Write(ref _count, _order.Count);
            if (_order.Count > most)
                return ErrorCode.InvalidRequest;

            foreach (SessionPartition partition in _order)
            {
                FetchPosition position = partition.Position with { ReadCommitted = request.IsolationLevel == 1 };
                round.Add().Ask(partition.Key, position, partition.MaxBytes, partition);
            }

            return ErrorCode.None;
        }
    }

    /// <summary>
    /// Sorts out of a round that was read what is no news. False: a later request has come meanwhile, and what it was
    /// told is what counts.
    /// </summary>
    public bool Settle(FetchRequest request, FetchRound round)
    {
        lock (_gate)
        {
            if (_epoch != EpochAfter(request.SessionEpoch))
                return false;

            for (int i = 0; i < round.Count; i++)
            {
                FetchPart part = round[i];
                part.IsTold = part.Remembered!.Learn(part);
                if (part.Slices.Bytes > 0)
                    MoveToEnd(part.Remembered);
            }

            return true;
        }
    }

    private void Take(FetchRequest request)
    {
        foreach (FetchRequest.FetchTopic topic in request.Topics)
        {
            foreach (FetchRequest.FetchPartition wanted in topic.Partitions)
            {
                FindOrAdd(FetchKey.Of(topic, wanted)).Ask(
                    FetchPart.PositionOf(wanted, request), Math.Max(0, wanted.PartitionMaxBytes));
            }
        }

        foreach (FetchRequest.ForgottenTopic topic in request.ForgottenTopicsData)
        {
            foreach (int index in topic.Partitions)
                Forget(new FetchKey(topic.Topic, topic.TopicId, index));
        }
    }

    private SessionPartition FindOrAdd(in FetchKey key)
    {
        if (_byKey.TryGetValue(key, out SessionPartition? known))
            return known;

        var partition = new SessionPartition(key);
        _byKey.Add(key, partition);
        _order.AddLast(partition.Node);
        return partition;
    }

    private void Forget(in FetchKey key)
    {
        if (_byKey.Remove(key, out SessionPartition? known))
            _order.Remove(known.Node);
    }

    private void MoveToEnd(SessionPartition partition)
    {
        _order.Remove(partition.Node);
        _order.AddLast(partition.Node);
    }
}
