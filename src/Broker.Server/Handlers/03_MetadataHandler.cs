using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers;

/// <summary>
/// Metadata, versions 0 to 12. Answered from this broker's image, overlaid with newer leaders that its own replicas
/// know of.
/// Only brokers that live are listed; a partition whose leader is dead or not known has leader -1 and
/// LEADER_NOT_AVAILABLE, unless so few of its replicas live that it can have none: then one of those is shown, which
/// serves reads.
/// Leaders are asked for a sign of life first, and a leader lost just now is waited for (decision 0005).
/// Topics are looked up by id from version 10 on.
/// </summary>
internal sealed class MetadataHandler(HandlerServices services)
    : MessageHandler<MetadataRequest, MetadataResponse>(ApiKey.Metadata, services)
{
    private static readonly TimeSpan AutoCreatePatience = TimeSpan.FromSeconds(2);

    // A wait for a leader must not hold back what else the connection carries.
    public override bool Overlaps => true;

    protected override async ValueTask<bool> AnswerAsync(
        Exchange<MetadataRequest, MetadataResponse> exchange, RequestContext context)
    {
        (MetadataRequest request, MetadataResponse response) = (exchange.Request, exchange.Response);
        bool wantsAll = request.Topics is null || (context.Version == 0 && request.Topics.Count == 0);
        if (!wantsAll && Services.Options.Topics.AutoCreate && request.AllowAutoTopicCreation)
            await CreateMissingAsync(request.Topics!, context.Session.Closed);

        IClusterView cluster = Services.Cluster;
        await cluster.SettleAsync(Asked(request, wantsAll, cluster.Image), context.Session.Closed);
        ClusterImage image = cluster.Image;
        FillBrokers(response, cluster, context.Listener);
        response.ClusterId = image.ClusterId.IsEmpty ? null : image.ClusterId.ToString();
        response.ControllerId = cluster.Controller;
        if (request.IncludeClusterAuthorizedOperations)
            response.ClusterAuthorizedOperations = AuthorizedOperations.OfCluster;

        if (wantsAll)
        {
            foreach (TopicImage topic in image.Topics.Values)
                FillTopic(response.Topics.Add(), topic, request);
        }
        else
        {
            foreach (MetadataRequest.MetadataRequestTopic wish in request.Topics!)
                FillWish(response.Topics.Add(), wish, image, request);
        }

        return true;
    }

    private static IReadOnlyCollection<TopicImage> Asked(MetadataRequest request, bool all, ClusterImage image)
    {
        if (all)
            return [.. image.Topics.Values];

        return [.. request.Topics!.Select(wish => Find(image, wish)).OfType<TopicImage>()];
    }

    private static TopicImage? Find(ClusterImage image, MetadataRequest.MetadataRequestTopic wish) =>
        IsById(wish) ? image.FindTopic(wish.TopicId) : image.FindTopic(wish.Name!);

    private static bool IsById(MetadataRequest.MetadataRequestTopic wish) =>
        wish.Name is null || !wish.TopicId.IsEmpty;

    private static void FillBrokers(MetadataResponse response, IClusterView cluster, string listener)
    {
        foreach ((BrokerRegistration broker, HostAndPort address) in BrokerAddresses.Alive(cluster, listener))
        {
            MetadataResponse.MetadataResponseBroker entry = response.Brokers.Add();
            entry.NodeId = broker.Id;
            entry.Host = address.Host;
            entry.Port = address.Port;
            entry.Rack = broker.Rack;
        }
    }

    private void FillWish(
        MetadataResponse.MetadataResponseTopic entry,
        MetadataRequest.MetadataRequestTopic wish,
        ClusterImage image,
        MetadataRequest request)
    {
        if (Find(image, wish) is { } topic)
        {
            FillTopic(entry, topic, request);
            return;
        }

        entry.Name = wish.Name ?? "";
        entry.TopicId = wish.TopicId;
        if (IsById(wish))
            entry.ErrorCode = ErrorCode.UnknownTopicId;
        else if (TopicNames.Check(wish.Name!) is null)
            entry.ErrorCode = ErrorCode.UnknownTopicOrPartition;
        else
            entry.ErrorCode = ErrorCode.InvalidTopicException;
    }

    private void FillTopic(MetadataResponse.MetadataResponseTopic entry, TopicImage topic, MetadataRequest request)
    {
        entry.Name = topic.Name;
        entry.TopicId = topic.Id;
        entry.IsInternal = InternalTopics.IsInternal(topic.Name);
        entry.TopicAuthorizedOperations = request.IncludeTopicAuthorizedOperations
            ? AuthorizedOperations.OfTopic
            : AuthorizedOperations.NotAsked;
        for (int i = 0; i < topic.Partitions.Count; i++)
        {
            var shown = PartitionShown.Of(Services.Cluster, topic, i);
            MetadataResponse.MetadataResponsePartition partition = entry.Partitions.Add();
            partition.PartitionIndex = i;
            partition.ErrorCode = shown.Error;
            partition.LeaderId = shown.Leader.Leader;
            partition.LeaderEpoch = shown.Leader.Epoch.Value;
            shown.FillReplicas(partition.ReplicaNodes, partition.IsrNodes, partition.OfflineReplicas);
        }
    }

    private async Task CreateMissingAsync(
        RecycledList<MetadataRequest.MetadataRequestTopic> topics, CancellationToken cancellation)
    {
        ClusterImage image = Services.Cluster.Image;
        ImmutableArray<TopicWish> missing = [.. topics
            .Where(topic => topic.Name is { } name && image.FindTopic(name) is null && TopicNames.Check(name) is null
                && !InternalTopics.IsInternal(name))
            .Select(topic => new TopicWish(topic.Name!, Services.NewTopicId(), -1, -1, [], []))];
        if (!missing.IsEmpty)
            await Services.Controller.CreateTopicsAsync(missing, false, AutoCreatePatience, cancellation);
    }
}
