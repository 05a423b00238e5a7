using System.Runtime.CompilerServices;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Handlers.Fetching;
using Broker.Server.Partitions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.FetchRequest, Broker.Protocol.Messages.FetchResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// Fetch, versions 4 to 16, by topic name up to 12 and by topic id from 13 on. Waits for min_bytes until max_wait;
/// the first
/// batch is returned however large it is. Every fetch is answered as one without a session (KIP-227 allows it):
/// session 0 is
/// given, and one that is brought is not found. A replica id is not looked at: brokers replicate by Raft.
/// </summary>
internal sealed class FetchHandler(HandlerServices services)
    : MessageHandler<FetchRequest, FetchResponse>(ApiKey.Fetch, services)
{
    private const int FinalEpoch = -1;

    /// <summary>
    /// A wait for more than one byte looks again at most so often, since each look reads all that there is.
    /// </summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly FetchRoundPool _rounds = new(services.ResponseMemory);

    public override bool Overlaps => true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        FetchRequest request = exchange.Request;
        if (request.SessionId != 0 && request.SessionEpoch != FinalEpoch)
        {
            exchange.Response.ErrorCode = ErrorCode.FetchSessionIdNotFound;
            return true;
        }

        FetchRound round = _rounds.Rent();
        exchange.Kept = round;
        if (!TryPrepare(round, request, context.Version))
        {
            exchange.Response.ErrorCode = ErrorCode.InvalidRequest;
            return true;
        }

        int maxBytes = Math.Clamp(request.MaxBytes, 0, Services.Options.Requests.MaxFetchBytes);
        if (!await round.ReadAsync(request.MinBytes, maxBytes) && request.MaxWaitMs > 0)
            await WaitAsync(round, request, maxBytes, context.Session.Closed);

        Fill(exchange, round, context);
        return true;
    }

    private bool TryPrepare(FetchRound round, FetchRequest request, short version)
    {
        ClusterImage image = Services.Cluster.Image;
        foreach (FetchRequest.FetchTopic wish in request.Topics)
        {
            TopicImage? topic = version >= 13 ? image.FindTopic(wish.TopicId) : image.FindTopic(wish.Topic);
            foreach (FetchRequest.FetchPartition wanted in wish.Partitions)
            {
                if (round.Count == Services.Options.Requests.MaxPartitions)
                    return false;

                FetchPart part = round.Add();
                part.Topic = topic;
                part.Index = wanted.Partition;
                part.MaxBytes = Math.Max(0, wanted.PartitionMaxBytes);
                part.Position = new FetchPosition(
                    new Offset(wanted.FetchOffset),
                    new Term(wanted.CurrentLeaderEpoch),
                    new Term(wanted.LastFetchedEpoch),
                    request.IsolationLevel == 1);
                part.Error = PartitionFinder.Find(Services, topic, wanted.Partition, out IPartition? partition);
                part.Partition = partition;
                if (topic is null && version >= 13)
                    part.Error = ErrorCode.UnknownTopicId;
            }
        }

        return true;
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

    private void Fill(Answers exchange, FetchRound round, in RequestContext context)
    {
        int next = 0;
        foreach (FetchRequest.FetchTopic wish in exchange.Request.Topics)
        {
            FetchResponse.FetchableTopicResponse topic = exchange.Response.Responses.Add();
            (topic.Topic, topic.TopicId) = (wish.Topic, wish.TopicId);
            for (int i = 0; i < wish.Partitions.Count; i++)
                Fill(topic.Partitions.Add(), round[next++], exchange.Response, context);
        }
    }

    private void Fill(
        FetchResponse.PartitionData answer, FetchPart part, FetchResponse response, in RequestContext context)
    {
        answer.PartitionIndex = part.Index;
        answer.ErrorCode = part.Error != ErrorCode.None ? part.Error : FaultCode.OfRead(part.Outcome.Fault);
        answer.Records = RecordBytes.Empty;
        answer.AbortedTransactions = part.Position.ReadCommitted ? answer.AbortedTransactions ?? new() : null;
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
