using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;

namespace Broker.Server.Handlers.Configs;

/// <summary>
/// Changes configs of topics, and a broker's <see cref="DrainingConfig"/>, as both AlterConfigs and
/// IncrementalAlterConfigs want it. Any broker takes it; each resource is answered for itself.
/// </summary>
internal sealed class ConfigAlteration(HandlerServices services)
{
    // The requests name no time to wait.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <returns>An answer for each resource, in order.</returns>
    public async Task<IReadOnlyList<(ErrorCode Code, string? Message)>> AlterAsync(
        IReadOnlyList<ConfigResource> resources, bool validateOnly, CancellationToken cancellation)
    {
        // A name is resolved by an image that has all that was created before this request came.
        bool isCurrent = resources.All(resource => resource.Type != ConfigResource.Topic)
            || await services.Cluster.BarrierAsync(Limit, cancellation);
        HashSet<(sbyte, string)> twice = NamedTwice.In(resources.Select(resource => (resource.Type, resource.Name)));
        var answers = new (ErrorCode, string?)[resources.Count];
        var wishes = ImmutableArray.CreateBuilder<TopicConfigWish>();
        var asked = new List<int>();
        for (int i = 0; i < answers.Length; i++)
        {
            ConfigResource resource = resources[i];
            if (Objection(resource, twice) is { } objection)
                answers[i] = objection;
            else if (resource.Type == ConfigResource.Broker)
                answers[i] = await AlterBrokerAsync(resource, validateOnly, cancellation);
            else if (WishOf(resource, isCurrent, out answers[i]) is { } wish)
            {
                wishes.Add(wish);
                asked.Add(i);
            }
        }

        if (wishes.Count > 0)
        {
            ImmutableArray<TopicAnswer> granted = await services.Controller.AlterTopicConfigsAsync(
                wishes.ToImmutable(), validateOnly, Limit, cancellation);
            for (int i = 0; i < granted.Length; i++)
                answers[asked[i]] = RefusalCode.Of(granted[i]);
        }

        return answers;
    }

    private static (ErrorCode, string?)? Objection(ConfigResource resource, HashSet<(sbyte, string)> twice)
    {
        if (resource.Type is not (ConfigResource.Topic or ConfigResource.Broker))
            return (ErrorCode.InvalidRequest, "Only topics (2) and brokers (4) have configs.");
        if (twice.Contains((resource.Type, resource.Name)))
            return (ErrorCode.InvalidRequest, "The resource is named twice in the request.");

        ConfigChange? unknown = resource.Changes.FirstOrDefault(change => !Enum.IsDefined(change.Operation));
        return unknown is null
            ? null
            : (ErrorCode.InvalidRequest,
                $"{unknown.Name}: there is no operation {(int)unknown.Operation}; configs are set (0), deleted (1), "
                + "appended to (2) and subtracted from (3).");
    }

    private TopicConfigWish? WishOf(ConfigResource resource, bool isCurrent, out (ErrorCode, string?) answer)
    {
        ClusterImage image = services.Cluster.Image;
        TopicImage? topic = image.FindTopic(resource.Name);

        // Said here too, and not only by the planner: a leader of an older version would not know the question.
        answer = topic is null && !isCurrent
            ? (ErrorCode.RequestTimedOut, "The metadata group has no leader that could be asked.")
            : topic is null
                ? (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{resource.Name}'.")
                : TopicConfigPlanner.Require(image) is { } tooOld
                    ? RefusalCode.Of(ControllerFault.Refused, tooOld)
                    : (ErrorCode.None, null);
        return answer.Item1 == ErrorCode.None
            ? new TopicConfigWish(resource.Name, topic!.Id, resource.ReplacesAll, resource.Changes)
            : null;
    }

    private async Task<(ErrorCode, string?)> AlterBrokerAsync(
        ConfigResource resource, bool validateOnly, CancellationToken cancellation)
    {
        if (DrainingConfig.ReadBroker(resource.Name, out BrokerId broker) is { } noBroker)
            return (ErrorCode.InvalidRequest, noBroker);
        if (DrainingConfig.ReadWish(resource, out bool isDraining) is { } noWish)
            return (ErrorCode.InvalidConfig, noWish);

        (ControllerFault fault, Refusal? refusal) = await services.Controller.MarkDrainingAsync(
            broker, isDraining, validateOnly, Limit, cancellation);
        return RefusalCode.Of(fault, refusal);
    }
}
