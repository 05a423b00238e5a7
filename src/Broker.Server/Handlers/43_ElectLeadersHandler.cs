using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Elections;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.ElectLeadersRequest, Broker.Protocol.Messages.ElectLeadersResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// ElectLeaders, versions 0 to 2. Any broker takes it and asks the leaders. Preferred leaders only: an unclean election
/// has no meaning here, since a replica that could lose acknowledged records is never electable.
/// </summary>
internal sealed class ElectLeadersHandler(HandlerServices services)
    : MessageHandler<ElectLeadersRequest, ElectLeadersResponse>(ApiKey.ElectLeaders, services)
{
    private const sbyte Preferred = 0;
    private const string OnlyPreferred =
        "Only preferred leaders are elected: a replica that lacks acknowledged records can't lead, by no election.";

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        ElectLeadersRequest request = exchange.Request;
        TimeSpan patience = Patience.Of(request.TimeoutMs);
        if (request.ElectionType != Preferred)
        {
            Refuse(exchange);
            return true;
        }

        await Services.Cluster.BarrierAsync(patience, context.Session.Closed);
        List<(string Topic, PartitionId Id)> asked = Resolve(request.TopicPartitions, Services.Cluster.Image);
        ImmutableArray<ElectionOutcome> outcomes = await Services.Elections.ElectPreferredAsync(
            [.. asked.Select(each => each.Id)], patience, context.Session.Closed);
        bool isAll = request.TopicPartitions is null;
        for (int i = 0; i < outcomes.Length; i++)
        {
            // Who asks for all hears of those where there was something to do.
            if (!isAll || outcomes[i] != ElectionOutcome.NotNeeded)
                Add(exchange.Response, asked[i].Topic, asked[i].Id.Index, Of(outcomes[i]));
        }

        return true;
    }

    private static void Refuse(Answers exchange)
    {
        exchange.Response.ErrorCode = ErrorCode.InvalidRequest;
        foreach (ElectLeadersRequest.TopicPartitionsPart topic in exchange.Request.TopicPartitions ?? [])
        {
            foreach (int partition in topic.Partitions)
                Add(exchange.Response, topic.Topic, partition, (ErrorCode.InvalidRequest, OnlyPreferred));
        }
    }

    private static List<(string Topic, PartitionId Id)> Resolve(
        IEnumerable<ElectLeadersRequest.TopicPartitionsPart>? named, ClusterImage image)
    {
        if (named is null)
        {
            return [.. image.Topics.Values.SelectMany(topic => Enumerable.Range(0, topic.Partitions.Count)
                .Select(index => (topic.Name, new PartitionId(topic.Id, index))))];
        }

        return [.. named.SelectMany(topic => topic.Partitions.Select(index => (
            topic.Topic, new PartitionId(image.FindTopic(topic.Topic)?.Id ?? TopicId.Empty, index))))];
    }

    private static void Add(
        ElectLeadersResponse response, string topic, int partition, (ErrorCode Code, string? Message) what)
    {
        RecycledList<ElectLeadersResponse.ReplicaElectionResult> results = response.ReplicaElectionResults;
        if (results.Count == 0 || results[^1].Topic != topic)
            results.Add().Topic = topic;

        ElectLeadersResponse.PartitionResultPart result = results[^1].PartitionResult.Add();
        result.PartitionId = partition;
        (result.ErrorCode, result.ErrorMessage) = what;
    }

    private static (ErrorCode Code, string? Message) Of(ElectionOutcome outcome) => outcome switch
    {
        ElectionOutcome.Elected => (ErrorCode.None, null),
        ElectionOutcome.NotNeeded => (ErrorCode.ElectionNotNeeded, "The preferred replica leads already."),
        ElectionOutcome.PreferredNotAvailable => (
            ErrorCode.PreferredLeaderNotAvailable, "The preferred replica is dead, behind, damaged or out of room."),
        ElectionOutcome.NotLeader => (ErrorCode.NotLeaderOrFollower, "Leadership moved meanwhile; ask again."),
        ElectionOutcome.TimedOut => (ErrorCode.RequestTimedOut, "Not seen to have ended in time."),
        _ => (ErrorCode.UnknownTopicOrPartition, ErrorText.MessageFor(ErrorCode.UnknownTopicOrPartition)),
    };
}
