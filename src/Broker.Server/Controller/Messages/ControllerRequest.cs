using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller.Messages;

/// <summary>What a broker asks of the metadata leader. Travels as JSON: rare, small, and readable in a
/// capture.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "ask")]
[JsonDerivedType(typeof(RegisterBroker), "register")]
[JsonDerivedType(typeof(BrokerHeartbeat), "heartbeat")]
[JsonDerivedType(typeof(CreateTopics), "create-topics")]
[JsonDerivedType(typeof(DeleteTopics), "delete-topics")]
[JsonDerivedType(typeof(CreatePartitions), "create-partitions")]
[JsonDerivedType(typeof(AllocateProducerIds), "producer-ids")]
[JsonDerivedType(typeof(ReassignPartitions), "reassign")]
[JsonDerivedType(typeof(FinishReassignments), "finish-reassignments")]
[JsonDerivedType(typeof(RaiseFeatureLevel), "raise-feature-level")]
[JsonDerivedType(typeof(MarkDraining), "mark-draining")]
[JsonDerivedType(typeof(AlterTopicConfigs), "alter-topic-configs")]
internal abstract record ControllerRequest
{
    /// <summary>The same, after a try whose outcome is not known.</summary>
    public virtual ControllerRequest Again() => this;
}

internal sealed record RegisterBroker(BrokerWish Wish) : ControllerRequest;

/// <summary>I am alive, and this is new of the partitions that I lead.</summary>
internal sealed record BrokerHeartbeat(
    BrokerId Broker, ProcessIncarnation Process, ImmutableArray<LeadershipReport> Reports, bool Leaving)
    : ControllerRequest;

internal sealed record CreateTopics(ImmutableArray<TopicWish> Wishes, bool ValidateOnly) : ControllerRequest;

internal sealed record DeleteTopics(ImmutableArray<TopicId> Topics) : ControllerRequest;

internal sealed record CreatePartitions(ImmutableArray<PartitionsWish> Wishes, bool ValidateOnly) : ControllerRequest
{
    /// <summary>An earlier try may have been committed: a topic that has as many as it wishes has got them.</summary>
    public bool MayBeDone { get; init; }

    public override ControllerRequest Again() => this with { MayBeDone = true };
}

internal sealed record AllocateProducerIds(BrokerId Broker, ProcessIncarnation Process) : ControllerRequest;

internal sealed record ReassignPartitions(ImmutableArray<ReassignmentWish> Wishes) : ControllerRequest
{
    /// <summary>
    /// An earlier try may have been committed: what was to be cancelled and does not move is cancelled.
    /// </summary>
    public bool MayBeDone { get; init; }

    public override ControllerRequest Again() => this with { MayBeDone = true };
}

/// <summary>The groups that I lead are where they were to be.</summary>
internal sealed record FinishReassignments(ImmutableArray<FinishedMove> Moves) : ControllerRequest;

internal sealed record RaiseFeatureLevel(int Level, bool ValidateOnly) : ControllerRequest;

/// <summary>A broker is to leave, or to stay after all.</summary>
internal sealed record MarkDraining(BrokerId Broker, bool IsDraining, bool ValidateOnly) : ControllerRequest;

internal sealed record AlterTopicConfigs(ImmutableArray<TopicConfigWish> Wishes, bool ValidateOnly)
    : ControllerRequest;
