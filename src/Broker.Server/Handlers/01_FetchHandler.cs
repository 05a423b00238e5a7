using System.Runtime.CompilerServices;
using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Configuration;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Handlers.Fetching;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Transactions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.FetchRequest, Broker.Protocol.Messages.FetchResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// Fetch, versions 4 to 16, by topic name up to 12 and by topic id from 13 on. Waits for min_bytes until max_wait;
/// the first
/// batch is returned however large it is. A fetch names all that it wants, or what is new of a session's partitions
/// (KIP-227); both are a round of parts, and answered the same way. A replica id is not looked at: brokers replicate by
/// Raft.
/// </summary>
internal sealed class FetchHandler : MessageHandler<FetchRequest, FetchResponse>
{
    private const int InitialEpoch = 0;
    private const int FinalEpoch = -1;
    private const short FirstById = 13;

    /// <summary>
    /// A wait for more than one byte looks again at most so often, since each look reads all that there is.
    /// </summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly FetchRoundPool _rounds;
    private readonly FetchSessionCache _sessions;

    public FetchHandler(HandlerServices services)
        : base(ApiKey.Fetch, services)
    {
        RequestLimits limits = services.Options.Requests;
        _rounds = new FetchRoundPool(services.ResponseMemory);
        _sessions = new FetchSessionCache(
            limits.FetchSessions, limits.FetchSessionPatience, services.Deadlines.Time, services.NewFetchSession);
    }

    public override bool Overlaps => true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        FetchRequest request = exchange.Request;
        bool byId = context.Version >= FirstById;
        FetchRound round = _rounds.Rent();
        exchange.Kept = round;
        exchange.Response.ErrorCode = Begin(round, request, byId);
        if (exchange.Response.ErrorCode != ErrorCode.None)
            return true;

        Locate(round, byId);
        int maxBytes = Math.Clamp(request.MaxBytes, 0, Services.Options.Requests.MaxFetchBytes);
        if (round.Count > 0 && !await round.ReadAsync(request.MinBytes, maxBytes) && request.MaxWaitMs > 0)
            await WaitAsync(round, request, maxBytes, context.Session.Closed);

        Answer(exchange, round, context);
        return true;
    }

    private ErrorCode Begin(FetchRound round, FetchRequest request, bool byId)
    {
        int most = Services.Options.Requests.MaxPartitions;
        if (request.SessionEpoch is InitialEpoch or FinalEpoch)
        {
            _sessions.Close(request.SessionId);
            return round.TryAsk(request, most) ? ErrorCode.None : ErrorCode.InvalidRequest;
        }

        if (_sessions.Use(request.SessionId) is not { } session)
            return ErrorCode.FetchSessionIdNotFound;

        ErrorCode refusal = session.Begin(request, byId, most, round);
        if (session.Count == 0 || session.Count > most)
            _sessions.Close(session.Id);
        else
            round.Session = session;
        return refusal;
    }

    private void Locate(FetchRound round, bool byId)
    {
        ClusterImage image = Services.Cluster.Image;
        TopicImage? topic = null;
        for (int i = 0; i < round.Count; i++)
        {
            FetchPart part = round[i];
            if (i == 0 || !part.Key.IsOfSameTopic(round[i - 1].Key))
                topic = byId ? image.FindTopic(part.Key.Topic) : image.FindTopic(part.Key.Name);
            part.Topic = topic;
            part.Error = PartitionFinder.Find(Services, topic, part.Index, out IPartition? partition);
            part.Partition = partition;
            if (topic is null && byId)
                part.Error = ErrorCode.UnknownTopicId;
        }
    }

    private async ValueTask WaitAsync(
        FetchRound round, FetchRequest request, int maxBytes, CancellationToken closed)
    {
        var wait = new FetchWait();
        Services.Deadlines.Add(wait.Deadline, Services.Deadlines.After(TimeSpan.FromMilliseconds(request.MaxWaitMs)));
        using CancellationTokenRegistration registration = closed.UnsafeRegister(
            static wait => ((FetchWait)wait!).End(), wait);
        try
        {
            while (true)
            {
                round.Watch(wait);
                if (await round.ReadAsync(request.MinBytes, maxBytes) || wait.IsOver)
                    return;

                await wait.WaitAsync();
                round.Unwatch(wait);
                if (request.MinBytes > 1 && !wait.IsOver)
                    await Task.Delay(LookAgain, Services.Deadlines.Time, CancellationToken.None);
            }
        }
        finally
        {
            round.Unwatch(wait);
            Services.Deadlines.Remove(wait.Deadline);
        }
    }

    private void Answer(Answers exchange, FetchRound round, in RequestContext context)
    {
        (FetchRequest request, FetchResponse response) = (exchange.Request, exchange.Response);
        if (round.Session is { } session)
        {
            if (!session.Settle(request, round))
            {
                response.ErrorCode = ErrorCode.InvalidFetchSessionEpoch;
                return;
            }

            response.SessionId = session.Id;
        }
        else if (request.SessionEpoch == InitialEpoch)
            response.SessionId = _sessions.Open(round, context.Version >= FirstById);

        Fill(response, round, context);
    }

    private void Fill(FetchResponse response, FetchRound round, in RequestContext context)
    {
        FetchResponse.FetchableTopicResponse? topic = null;
        FetchKey last = default;
        for (int i = 0; i < round.Count; i++)
        {
            FetchPart part = round[i];
            if (!part.IsTold)
                continue;

            if (topic is null || !part.Key.IsOfSameTopic(last))
            {
                topic = response.Responses.Add();
                (topic.Topic, topic.TopicId) = (part.Key.Name, part.Key.Topic);
            }

            last = part.Key;
            Fill(topic.Partitions.Add(), part, response, context);
        }
    }

    private void Fill(
        FetchResponse.PartitionData answer, FetchPart part, FetchResponse response, in RequestContext context)
    {
        answer.PartitionIndex = part.Index;
        answer.ErrorCode = part.Code;
        answer.Records = RecordBytes.Empty;
        AddAborted(answer, part);
        (answer.HighWatermark, answer.LastStableOffset, answer.LogStartOffset) = (-1, -1, -1);
        if (part.Partition is not null)
        {
            answer.HighWatermark = part.Outcome.HighWatermark.Value;
            answer.LastStableOffset = part.Outcome.LastStable.Value;
            answer.LogStartOffset = part.Outcome.LogStart.Value;
        }

        if (PartitionFinder.WantsHint(answer.ErrorCode))
            AddHint(answer, part, response, context);
        else if (answer.ErrorCode == ErrorCode.None && part.Outcome.Diverging is { } end)
            answer.DivergingEpoch = new() { Epoch = end.Epoch.Value, EndOffset = end.End.Value };
        else if (answer.ErrorCode == ErrorCode.None && part.Slices.Bytes > 0)
            answer.Records = new RecordBytes(part.Slices.Pieces);
    }

    // Null where all records were asked for: those clients look at no such list.
    private static void AddAborted(FetchResponse.PartitionData answer, FetchPart part)
    {
        answer.AbortedTransactions = part.Position.ReadCommitted ? answer.AbortedTransactions ?? new() : null;
        foreach (AbortedTransaction aborted in part.Outcome.Aborted ?? [])
        {
            FetchResponse.AbortedTransaction entry = answer.AbortedTransactions!.Add();
            (entry.ProducerId, entry.FirstOffset) = (aborted.Producer, aborted.First.Value);
        }
    }

    private void AddHint(
        FetchResponse.PartitionData answer, FetchPart part, FetchResponse response, in RequestContext context)
    {
        if (!PartitionFinder.TryFindLeader(
            Services.Cluster, part.Topic, part.Index, context.Listener, out LeaderView leader, out NodeAddress node))
        {
            return;
        }

        answer.CurrentLeader = new() { LeaderId = leader.Leader, LeaderEpoch = leader.Epoch.Value };
        foreach (FetchResponse.NodeEndpoint known in response.NodeEndpoints)
        {
            if (known.NodeId == leader.Leader)
                return;
        }

        FetchResponse.NodeEndpoint endpoint = response.NodeEndpoints.Add();
        (endpoint.NodeId, endpoint.Host, endpoint.Port) = (leader.Leader, node.Address.Host, node.Address.Port);
        endpoint.Rack = node.Rack;
    }
}
