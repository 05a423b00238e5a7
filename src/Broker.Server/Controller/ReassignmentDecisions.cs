using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Messages;

namespace Broker.Server.Controller;

/// <summary>
/// Several partitions' replicas are to be moved: one decision, and one record for all that is granted.
/// </summary>
internal static class ReassignmentDecisions
{
    /// <summary>The wishes name different partitions, so that none depends on another.</summary>
    public static Decision Reassign(ClusterImage image, ReassignPartitions request, TopicDefaults defaults)
    {
        var targets = ImmutableArray.CreateBuilder<PartitionTarget>();
        var answers = ImmutableArray.CreateBuilder<TopicAnswer>(request.Wishes.Length);
        foreach (ReassignmentWish wish in request.Wishes)
        {
            Refusal? refusal = ReassignmentPlanner.Reassign(image, wish, defaults, out PartitionTarget? target);
            if (target is not null)
                targets.Add(target);
            bool isDone = request.MayBeDone && refusal?.Reason == RefusalReason.NoReassignmentInProgress;
            answers.Add(AnswerOf(image.FindTopic(wish.Topic), wish, isDone ? null : refusal));
        }

        return new Decision(
            targets.Count == 0 ? [] : [new PartitionsReassigned(targets.ToImmutable())],
            new ControllerReply(ControllerStatus.Done) { Topics = answers.MoveToImmutable() });
    }

    private static TopicAnswer AnswerOf(TopicImage? topic, ReassignmentWish wish, Refusal? refusal) =>
        refusal is not null || topic is null
            ? new TopicAnswer(ControllerFault.Refused, refusal, wish.Topic, TopicId.Empty, 0, 0)
            : new TopicAnswer(
                ControllerFault.None,
                null,
                topic.Name,
                topic.Id,
                topic.Partitions.Count,
                wish.Replicas?.Length ?? topic.Partitions[wish.Partition].Original.Length);
}
