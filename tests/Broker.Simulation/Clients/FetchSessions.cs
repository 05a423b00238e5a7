using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// A client's fetch sessions (KIP-227), one with each broker. Partitions that were asked for before stay in a session
/// until there are too many, so that answers tell of more than the one that is asked for; of what an answer leaves out
/// nothing has changed since it was told last.
/// </summary>
internal sealed class FetchSessions
{
    private const int Most = 4;

    private readonly SortedDictionary<BrokerId, Session> _sessions = [];

    /// <summary>Makes of a fetch of one partition one by the session with that broker.</summary>
    public void Prepare(BrokerId broker, FetchRequest request, PartitionLedger partition, long from)
    {
        if (!_sessions.TryGetValue(broker, out Session? session))
            _sessions[broker] = session = new Session();

        (request.SessionId, request.SessionEpoch) = (session.Id, session.Epoch);
        if (session.Epoch == 0)
            session.Known.Clear();
        View view = session.Known.Find(known => known.Partition == partition) ?? new View(partition);
        view.From = from;
        session.Known.Remove(view);
        session.Known.Add(view);
        while (session.Known.Count > Most)
        {
            Forget(request, session.Known[0].Partition);
            session.Known.RemoveAt(0);
        }
    }

    /// <summary>What the answer says of each partition of the session; null if the session is over.</summary>
    public IReadOnlyList<View>? Take(BrokerId broker, FetchResponse response)
    {
        Session session = _sessions[broker];
        if (response.ErrorCode != ErrorCode.None || response.SessionId == 0)
        {
            _sessions.Remove(broker);
            return null;
        }

        (session.Id, session.Epoch) = (response.SessionId, session.Epoch + 1);
        foreach (View known in session.Known)
            known.Told = null;
        foreach (FetchResponse.FetchableTopicResponse topic in response.Responses)
        {
            foreach (FetchResponse.PartitionData told in topic.Partitions)
            {
                View? known = session.Known.Find(view =>
                    view.Partition.Id == new PartitionId(topic.TopicId, told.PartitionIndex));
                if (known is null)
                    continue;

                known.Told = told;
                (known.HighWatermark, known.LogStart) =
                    (new Offset(told.HighWatermark), new Offset(told.LogStartOffset));
            }
        }

        return session.Known;
    }

    /// <summary>Nobody knows whether the last request was heard.</summary>
    public void Lost(BrokerId broker) => _sessions.Remove(broker);

    private static void Forget(FetchRequest request, PartitionLedger partition)
    {
        FetchRequest.ForgottenTopic topic = request.ForgottenTopicsData.Add();
        topic.TopicId = partition.Id.Topic;
        topic.Partitions.Add(partition.Id.Index);
    }

    /// <summary>What the client knows of a partition.</summary>
    internal sealed class View(PartitionLedger partition)
    {
        public PartitionLedger Partition => partition;

        /// <summary>Where it last said that it reads on.</summary>
        public long From { get; set; }

        public Offset HighWatermark { get; set; }

        public Offset LogStart { get; set; }

        /// <summary>Null: there is no news.</summary>
        public FetchResponse.PartitionData? Told { get; set; }
    }

    private sealed class Session
    {
        public int Id { get; set; }

        public int Epoch { get; set; }

        public List<View> Known { get; } = [];
    }
}
