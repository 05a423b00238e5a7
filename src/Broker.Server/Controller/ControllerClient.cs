using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Messages;

namespace Broker.Server.Controller;

/// <summary>The controller as handlers see it, on any broker.</summary>
internal sealed class ControllerClient(
    ControllerRoute route,
    MetadataWatch watch,
    ProducerIdBlock producerIds,
    ControllerTimings timings,
    TimeProvider time)
    : IController
{
    public async Task<ImmutableArray<TopicAnswer>> CreateTopicsAsync(
        ImmutableArray<TopicWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        ImmutableArray<TopicAnswer> answers = await AskAsync(
            new CreateTopics([.. wishes.Select(Whole)], validateOnly),
            timeout,
            [.. wishes.Select(wish => wish.Name)],
            cancellation);
        return validateOnly ? answers : await UntilLedAsync(answers, began, timeout, cancellation);
    }

    public Task<ImmutableArray<TopicAnswer>> DeleteTopicsAsync(
        ImmutableArray<TopicId> topics, TimeSpan timeout, CancellationToken cancellation) => AskAsync(
            new DeleteTopics(topics),
            timeout,
            [.. topics.Select(id => watch.Image.FindTopic(id)?.Name ?? "")],
            cancellation);

    public async Task<ImmutableArray<TopicAnswer>> CreatePartitionsAsync(
        ImmutableArray<PartitionsWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        ImmutableArray<TopicAnswer> answers = await AskAsync(
            new CreatePartitions([.. wishes.Select(Whole)], validateOnly),
            timeout,
            [.. wishes.Select(wish => wish.Topic)],
            cancellation);
        return validateOnly ? answers : await UntilLedAsync(answers, began, timeout, cancellation);
    }

    public Task<ImmutableArray<TopicAnswer>> AlterTopicConfigsAsync(
        ImmutableArray<TopicConfigWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation) =>
        AskAsync(
            new AlterTopicConfigs(wishes, validateOnly),
            timeout,
            [.. wishes.Select(wish => wish.Topic)],
            cancellation);

    public Task<ImmutableArray<TopicAnswer>> ReassignAsync(
        ImmutableArray<ReassignmentWish> wishes, TimeSpan timeout, CancellationToken cancellation) => AskAsync(
            new ReassignPartitions(wishes), timeout, [.. wishes.Select(wish => wish.Topic)], cancellation);

    public async Task<(ControllerFault Fault, Refusal? Refusal)> RaiseFeatureLevelAsync(
        int level, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        ControllerReply? reply = await AskAsync(new RaiseFeatureLevel(level, validateOnly), timeout, cancellation);
        return (FaultOf(reply), reply?.Refusal);
    }

    public async Task<(ControllerFault Fault, Refusal? Refusal)> MarkDrainingAsync(
        BrokerId broker, bool isDraining, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        ControllerReply? reply = await AskAsync(
            new MarkDraining(broker, isDraining, validateOnly), timeout, cancellation);
        return (FaultOf(reply), reply?.Refusal);
    }

    public ValueTask<ProducerId?> NextProducerIdAsync(CancellationToken cancellation) =>
        producerIds.NextAsync(cancellation);

    // An array that was never made means an empty one; it can't travel.
    private static TopicWish Whole(TopicWish wish) => wish with
    {
        Assignments = wish.Assignments.IsDefault ? [] : wish.Assignments,
        Configs = wish.Configs.IsDefault ? [] : wish.Configs,
    };

    private static PartitionsWish Whole(PartitionsWish wish) =>
        wish.Assignments.IsDefault ? wish with { Assignments = [] } : wish;

    private async Task<ImmutableArray<TopicAnswer>> AskAsync(
        ControllerRequest request, TimeSpan timeout, ImmutableArray<string> names, CancellationToken cancellation)
    {
        ControllerReply? reply = await AskAsync(request, timeout, cancellation);
        return reply is { Status: ControllerStatus.Done }
            ? reply.Topics
            : [.. names.Select(name => new TopicAnswer(
                FaultOf(reply), reply?.Refusal, name, TopicId.Empty, 0, 0))];
    }

    private Task<ControllerReply?> AskAsync(
        ControllerRequest request, TimeSpan timeout, CancellationToken cancellation) => route.AskAsync(
            request, timeout < timings.Patience ? timeout : timings.Patience, cancellation);

    private static ControllerFault FaultOf(ControllerReply? reply) => reply?.Status switch
    {
        ControllerStatus.Done => ControllerFault.None,
        ControllerStatus.Refused => ControllerFault.Refused,
        _ => ControllerFault.NoController,
    };

    // By the image, which every leader reports itself to: what the client asks next may be answered by any broker.
    private async Task<ImmutableArray<TopicAnswer>> UntilLedAsync(
        ImmutableArray<TopicAnswer> answers, long began, TimeSpan timeout, CancellationToken cancellation)
    {
        await watch.UntilAsync(
            image => answers.All(answer => IsLed(image, answer)), timeout - time.GetElapsedTime(began), cancellation);
        ClusterImage image = watch.Image;
        return [.. answers.Select(
            answer => IsLed(image, answer) ? answer : answer with { Fault = ControllerFault.TimedOut })];
    }

    // A topic that is gone again, or that was not granted, is not waited for.
    private static bool IsLed(ClusterImage image, TopicAnswer answer) =>
        answer.Fault != ControllerFault.None
        || image.FindTopic(answer.Id) is not { } topic
        || topic.Partitions.All(partition => partition.Leader != BrokerId.None);
}
