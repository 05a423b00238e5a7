using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.DeleteTopicsRequest, Broker.Protocol.Messages.DeleteTopicsResponse>;

namespace Broker.Server.Handlers;

/// <summary>DeleteTopics, versions 1 to 6: by name and, from 6 on, by id. Any broker takes it.</summary>
internal sealed class DeleteTopicsHandler(HandlerServices services)
    : MessageHandler<DeleteTopicsRequest, DeleteTopicsResponse>(ApiKey.DeleteTopics, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        DeleteTopicsRequest request = exchange.Request;
        TimeSpan patience = Patience.Of(request.TimeoutMs);

        // A name is resolved by an image that has all that was created before this request came.
        bool isCurrent = await Services.Cluster.BarrierAsync(patience, context.Session.Closed);
        var asked = new List<DeleteTopicsResponse.DeletableTopicResult>();
        var ids = ImmutableArray.CreateBuilder<TopicId>();
        foreach (DeleteTopicsResponse.DeletableTopicResult result in Resolve(exchange))
        {
            if (result.ErrorCode == ErrorCode.None)
            {
                asked.Add(result);
                ids.Add(result.TopicId);
            }
            else
            {
                if (!isCurrent && IsUnknown(result.ErrorCode))
                    result.ErrorCode = ErrorCode.RequestTimedOut;
                result.ErrorMessage ??= ErrorText.MessageFor(result.ErrorCode);
            }
        }

        if (ids.Count > 0)
        {
            ImmutableArray<TopicAnswer> answers = await Services.Controller.DeleteTopicsAsync(
                ids.ToImmutable(), patience, context.Session.Closed);
            for (int i = 0; i < answers.Length; i++)
                (asked[i].ErrorCode, asked[i].ErrorMessage) = RefusalCode.Of(answers[i]);
        }

        return true;
    }

    // An old image may only not have it yet.
    private static bool IsUnknown(ErrorCode code) =>
        code is ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId;

    private IReadOnlyList<DeleteTopicsResponse.DeletableTopicResult> Resolve(Answers exchange)
    {
        ClusterImage image = Services.Cluster.Image;
        RecycledList<DeleteTopicsResponse.DeletableTopicResult> results = exchange.Response.Responses;
        foreach (string name in exchange.Request.TopicNames)
            ResolveName(results.Add(), name, image);

        foreach (DeleteTopicsRequest.DeleteTopicState state in exchange.Request.Topics)
        {
            DeleteTopicsResponse.DeletableTopicResult result = results.Add();
            if (state.Name is { } name && state.TopicId.IsEmpty)
                ResolveName(result, name, image);
            else if (state.Name is null)
                ResolveId(result, state.TopicId, image);
            else
                (result.ErrorCode, result.ErrorMessage) = (ErrorCode.InvalidRequest, "Name and id are both given.");
        }

        HashSet<TopicId> twice = NamedTwice.In(results.Where(result => !result.TopicId.IsEmpty).Select(r => r.TopicId));
        foreach (DeleteTopicsResponse.DeletableTopicResult result in results)
        {
            if (twice.Contains(result.TopicId))
                (result.ErrorCode, result.ErrorMessage) = (ErrorCode.InvalidRequest, "The topic is named twice.");
        }

        return results;
    }

    private static void ResolveName(DeleteTopicsResponse.DeletableTopicResult result, string name, ClusterImage image)
    {
        result.Name = name;
        if (image.FindTopic(name) is { } topic)
            result.TopicId = topic.Id;
        else
            result.ErrorCode = ErrorCode.UnknownTopicOrPartition;
    }

    private static void ResolveId(DeleteTopicsResponse.DeletableTopicResult result, TopicId id, ClusterImage image)
    {
        result.TopicId = id;
        result.Name = image.FindTopic(id)?.Name;
        if (result.Name is null)
            result.ErrorCode = ErrorCode.UnknownTopicId;
    }
}
