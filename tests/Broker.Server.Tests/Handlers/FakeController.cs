using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;

namespace Broker.Server.Tests.Handlers;

/// <summary>A controller that notes what it is asked, and answers as a test says.</summary>
internal sealed class FakeController : IController
{
    public List<TopicWish> Wishes { get; } = [];

    public List<TopicId> Deleted { get; } = [];

    public List<PartitionsWish> Grown { get; } = [];

    public List<ReassignmentWish> Moved { get; } = [];

    public List<int> Raised { get; } = [];

    public List<(BrokerId Broker, bool IsDraining)> Marked { get; } = [];

    public List<TopicConfigWish> Altered { get; } = [];

    public bool? ValidateOnly { get; private set; }

    public ControllerFault Fault { get; set; }

    public Refusal? Refusal { get; set; }

    public ProducerId? NextId { get; set; } = new ProducerId(4000);

    public Task<ImmutableArray<TopicAnswer>> CreateTopicsAsync(
        ImmutableArray<TopicWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        Wishes.AddRange(wishes);
        ValidateOnly = validateOnly;
        return Task.FromResult<ImmutableArray<TopicAnswer>>(
            [.. wishes.Select(wish => new TopicAnswer(Fault, Refusal, wish.Name, wish.Id, 6, 3))]);
    }

    public Task<ImmutableArray<TopicAnswer>> DeleteTopicsAsync(
        ImmutableArray<TopicId> topics, TimeSpan timeout, CancellationToken cancellation)
    {
        Deleted.AddRange(topics);
        return Task.FromResult<ImmutableArray<TopicAnswer>>(
            [.. topics.Select(id => new TopicAnswer(Fault, Refusal, "", id, 0, 0))]);
    }

    public Task<ImmutableArray<TopicAnswer>> CreatePartitionsAsync(
        ImmutableArray<PartitionsWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        Grown.AddRange(wishes);
        ValidateOnly = validateOnly;
        return Task.FromResult<ImmutableArray<TopicAnswer>>(
            [.. wishes.Select(wish => new TopicAnswer(Fault, Refusal, wish.Topic, default, wish.Total, 3))]);
    }

    public Task<ImmutableArray<TopicAnswer>> AlterTopicConfigsAsync(
        ImmutableArray<TopicConfigWish> wishes, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        Altered.AddRange(wishes);
        ValidateOnly = validateOnly;
        return Task.FromResult<ImmutableArray<TopicAnswer>>(
            [.. wishes.Select(wish => new TopicAnswer(Fault, Refusal, wish.Topic, wish.Id, 1, 3))]);
    }

    public Task<ImmutableArray<TopicAnswer>> ReassignAsync(
        ImmutableArray<ReassignmentWish> wishes, TimeSpan timeout, CancellationToken cancellation)
    {
        Moved.AddRange(wishes);
        return Task.FromResult<ImmutableArray<TopicAnswer>>(
            [.. wishes.Select(wish => new TopicAnswer(Fault, Refusal, wish.Topic, default, 1, 3))]);
    }

    public Task<(ControllerFault Fault, Refusal? Refusal)> RaiseFeatureLevelAsync(
        int level, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        Raised.Add(level);
        ValidateOnly = validateOnly;
        return Task.FromResult((Fault, Refusal));
    }

    public Task<(ControllerFault Fault, Refusal? Refusal)> MarkDrainingAsync(
        BrokerId broker, bool isDraining, bool validateOnly, TimeSpan timeout, CancellationToken cancellation)
    {
        Marked.Add((broker, isDraining));
        ValidateOnly = validateOnly;
        return Task.FromResult((Fault, Refusal));
    }

    public ValueTask<ProducerId?> NextProducerIdAsync(CancellationToken cancellation) => new(NextId);
}
