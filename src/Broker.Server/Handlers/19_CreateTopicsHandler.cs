using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Handlers.Configs;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.CreateTopicsRequest, Broker.Protocol.Messages.CreateTopicsResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// CreateTopics, versions 2 to 7. Any broker takes it. Answers when all partitions have leaders, so that a client can
/// produce at once. -1 takes this cluster's defaults in every version, not only from 4 on.
/// </summary>
internal sealed class CreateTopicsHandler(HandlerServices services)
    : MessageHandler<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (CreateTopicsRequest request, CreateTopicsResponse response) = (exchange.Request, exchange.Response);
        HashSet<string> twice = NamedTwice.In(request.Topics.Select(topic => topic.Name));
        var asked = new List<CreateTopicsResponse.CreatableTopicResult>();
        var wishes = ImmutableArray.CreateBuilder<TopicWish>();
        foreach (CreateTopicsRequest.CreatableTopic topic in request.Topics)
        {
            CreateTopicsResponse.CreatableTopicResult result = response.Topics.Add();
            result.Name = topic.Name;
            if (Objection(topic, twice) is { } objection)
            {
                (result.ErrorCode, result.ErrorMessage) = objection;
                continue;
            }

            asked.Add(result);
            wishes.Add(WishOf(topic));
        }

        if (wishes.Count > 0)
        {
            ImmutableArray<TopicAnswer> answers = await Services.Controller.CreateTopicsAsync(
                wishes.ToImmutable(), request.ValidateOnly, Patience.Of(request.TimeoutMs), context.Session.Closed);
            for (int i = 0; i < answers.Length; i++)
                Fill(asked[i], answers[i], wishes[i]);
        }

        return true;
    }

    private (ErrorCode Code, string Message)? Objection(CreateTopicsRequest.CreatableTopic topic, HashSet<string> twice)
    {
        int longest = Services.Options.Topics.MaxNameLength;
        if (twice.Contains(topic.Name))
            return (ErrorCode.InvalidRequest, $"Topic '{topic.Name}' is named twice in the request.");

        if (InternalTopics.IsInternal(topic.Name))
            return (ErrorCode.InvalidTopicException, "The topic is internal: it is created when it is first needed.");

        return topic.Name.Length > longest
            ? (ErrorCode.InvalidTopicException,
                $"The topic's name has {topic.Name.Length} characters; {longest} are allowed at most.")
            : null;
    }

    private TopicWish WishOf(CreateTopicsRequest.CreatableTopic topic) => new(
        topic.Name,
        Services.NewTopicId(),
        topic.NumPartitions,
        topic.ReplicationFactor,
        [.. topic.Assignments.Select(
            assignment => new PartitionAssignment(assignment.PartitionIndex, [.. assignment.BrokerIds]))],
        [.. topic.Configs.Select(config => KeyValuePair.Create(config.Name, config.Value))]);

    private void Fill(CreateTopicsResponse.CreatableTopicResult result, TopicAnswer answer, TopicWish wish)
    {
        (result.ErrorCode, result.ErrorMessage) = RefusalCode.Of(answer);
        if (answer.Fault is not (ControllerFault.None or ControllerFault.TimedOut))
            return;

        result.TopicId = answer.Id;
        result.NumPartitions = answer.Partitions;
        result.ReplicationFactor = (short)answer.ReplicationFactor;
        var configs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string? value) in wish.Configs)
            configs[name] = value!;

        result.Configs ??= new();
        foreach (TopicConfigEntry entry in TopicConfigEntry.All(configs, Services.Options))
        {
            CreateTopicsResponse.CreatableTopicConfigs config = result.Configs.Add();
            config.Name = entry.Definition.Name;
            config.Value = entry.Value;
            config.ConfigSource = entry.Source;
            config.ReadOnly = entry.IsReadOnly;
        }
    }
}
