using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Messages;

namespace Broker.Server.Controller;

/// <summary>
/// Several wishes, one decision: each is planned on the image as the wishes before it leave it. A wish that was
/// granted already
/// (asked again after a change of leader) is answered as granted: topic ids are drawn by the one who asks.
/// </summary>
internal static class TopicDecisions
{
    /// <param name="doubted">Brokers that get replicas only where others don't suffice.</param>
    public static Decision Create(
        ClusterImage image, CreateTopics request, TopicDefaults defaults, IReadOnlySet<BrokerId> doubted)
    {
        var draft = new Draft(image);
        foreach (TopicWish wish in request.Wishes)
        {
            if (image.FindTopic(wish.Id) is { } granted)
            {
                draft.Grant(granted);
                continue;
            }

            Plan plan = TopicPlanner.Create(draft.Image, wish, defaults, doubted);
            draft.Take(plan, wish.Name, next => next.FindTopic(wish.Name)!);
        }

        return draft.Decide(request.ValidateOnly);
    }

    public static Decision Delete(ClusterImage image, DeleteTopics request)
    {
        var draft = new Draft(image);
        foreach (TopicId id in request.Topics)
        {
            TopicImage? topic = draft.Image.FindTopic(id);
            if (topic is null && image.DeletedTopics.ContainsKey(id))
                draft.Grant(id, "", 0, 0);
            else
                draft.Take(TopicPlanner.Delete(draft.Image, id), topic?.Name ?? "", _ => topic!);
        }

        return draft.Decide(validateOnly: false);
    }

    /// <param name="doubted">Brokers that get replicas only where others don't suffice.</param>
    public static Decision Grow(
        ClusterImage image, CreatePartitions request, TopicDefaults defaults, IReadOnlySet<BrokerId> doubted)
    {
        var draft = new Draft(image);
        foreach (PartitionsWish wish in request.Wishes)
        {
            if (request.MayBeDone && draft.Image.FindTopic(wish.Topic) is { } grown
                && grown.Partitions.Count == wish.Total)
            {
                draft.Grant(grown);
                continue;
            }

            Plan plan = TopicPlanner.AddPartitions(
                draft.Image, wish.Topic, wish.Total, wish.Assignments, defaults, doubted);
            draft.Take(plan, wish.Topic, next => next.FindTopic(wish.Topic)!);
        }

        return draft.Decide(request.ValidateOnly);
    }

    public static Decision Alter(ClusterImage image, AlterTopicConfigs request, TopicDefaults defaults)
    {
        var draft = new Draft(image);
        foreach (TopicConfigWish wish in request.Wishes)
        {
            Plan plan = TopicConfigPlanner.Change(draft.Image, wish, defaults);
            draft.Take(plan, wish.Topic, next => next.FindTopic(wish.Id)!);
        }

        return draft.Decide(request.ValidateOnly);
    }

    private sealed class Draft(ClusterImage image)
    {
        private readonly List<MetadataRecord> _records = [];
        private readonly List<TopicAnswer> _answers = [];

        public ClusterImage Image { get; private set; } = image;

        public void Take(Plan plan, string name, Func<ClusterImage, TopicImage> find)
        {
            if (plan.Refusal is not null)
            {
                _answers.Add(new TopicAnswer(ControllerFault.Refused, plan.Refusal, name, TopicId.Empty, 0, 0));
                return;
            }

            _records.AddRange(plan.Records);
            Image = Image.Apply(plan.Records, Image.Index + 1);
            Grant(find(Image));
        }

        public void Grant(TopicImage topic) =>
            Grant(topic.Id, topic.Name, topic.Partitions.Count, topic.Partitions[0].Replicas.Length);

        public void Grant(TopicId id, string name, int partitions, int factor) =>
            _answers.Add(new TopicAnswer(ControllerFault.None, null, name, id, partitions, factor));

        public Decision Decide(bool validateOnly) => new(
            validateOnly ? [] : _records, new ControllerReply(ControllerStatus.Done) { Topics = [.. _answers] });
    }
}
