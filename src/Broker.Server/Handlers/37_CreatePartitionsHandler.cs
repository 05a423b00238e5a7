using System.Collections.Immutable;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.CreatePartitionsRequest, Broker.Protocol.Messages.CreatePartitionsResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// CreatePartitions, versions 0 to 3. Any broker takes it; answers when the new partitions have leaders.
/// </summary>
internal sealed class CreatePartitionsHandler(HandlerServices services)
    : MessageHandler<CreatePartitionsRequest, CreatePartitionsResponse>(ApiKey.CreatePartitions, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        CreatePartitionsRequest request = exchange.Request;
        HashSet<string> twice = NamedTwice.In(request.Topics.Select(topic => topic.Name));
        var asked = new List<CreatePartitionsResponse.CreatePartitionsTopicResult>();
        var wishes = ImmutableArray.CreateBuilder<PartitionsWish>();
        foreach (CreatePartitionsRequest.CreatePartitionsTopic topic in request.Topics)
        {
            CreatePartitionsResponse.CreatePartitionsTopicResult result = exchange.Response.Results.Add();
            result.Name = topic.Name;
            if (twice.Contains(topic.Name))
            {
                result.ErrorCode = ErrorCode.InvalidRequest;
                result.ErrorMessage = $"Topic '{topic.Name}' is named twice in the request.";
                continue;
            }

            asked.Add(result);
            wishes.Add(new PartitionsWish(topic.Name, topic.Count, AssignmentsOf(topic)));
        }

        if (wishes.Count > 0)
        {
            ImmutableArray<TopicAnswer> answers = await Services.Controller.CreatePartitionsAsync(
                wishes.ToImmutable(), request.ValidateOnly, Patience.Of(request.TimeoutMs), context.Session.Closed);
            for (int i = 0; i < answers.Length; i++)
                (asked[i].ErrorCode, asked[i].ErrorMessage) = RefusalCode.Of(answers[i]);
        }

        return true;
    }

    private static ImmutableArray<ImmutableArray<BrokerId>> AssignmentsOf(
        CreatePartitionsRequest.CreatePartitionsTopic topic) =>
        topic.Assignments is null ? [] : [.. topic.Assignments.Select(each => each.BrokerIds.ToImmutableArray())];
}
