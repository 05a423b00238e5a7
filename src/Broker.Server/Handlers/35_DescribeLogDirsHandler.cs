using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers;

/// <summary>
/// DescribeLogDirs, versions 1 to 4: the one data directory of the broker that is asked, with its replicas. A replica's
/// size is that of its log's files; it never lags behind itself, and none is on its way to another directory.
/// </summary>
internal sealed class DescribeLogDirsHandler(HandlerServices services)
    : MessageHandler<DescribeLogDirsRequest, DescribeLogDirsResponse>(ApiKey.DescribeLogDirs, services)
{
    protected override ValueTask<bool> AnswerAsync(
        Exchange<DescribeLogDirsRequest, DescribeLogDirsResponse> exchange, RequestContext context)
    {
        DescribeLogDirsResponse.DescribeLogDirsResult result = exchange.Response.Results.Add();
        result.LogDir = Services.Options.DataDirectory;
        (result.TotalBytes, result.UsableBytes) = Services.DiskSpace();
        if (exchange.Request.Topics is { } topics)
            AddAsked(result, topics);
        else
            AddAll(result);
        return ValueTask.FromResult(true);
    }

    // What this broker has no replica of is left out, as in Kafka: another one has it.
    private void AddAsked(
        DescribeLogDirsResponse.DescribeLogDirsResult result,
        IEnumerable<DescribeLogDirsRequest.DescribableLogDirTopic> topics)
    {
        foreach (DescribeLogDirsRequest.DescribableLogDirTopic asked in topics)
        {
            if (Services.Cluster.Image.FindTopic(asked.Topic) is not { } topic)
                continue;

            Add(result, topic, asked.Partitions.Distinct()
                .Select(index => Services.Partitions.Find(new PartitionId(topic.Id, index)))
                .OfType<IPartition>());
        }
    }

    private void AddAll(DescribeLogDirsResponse.DescribeLogDirsResult result)
    {
        foreach (IGrouping<TopicId, IPartition> hosted in Services.Partitions.All().GroupBy(each => each.Id.Topic))
        {
            if (Services.Cluster.Image.FindTopic(hosted.Key) is { } topic)
                Add(result, topic, hosted);
        }
    }

    private static void Add(
        DescribeLogDirsResponse.DescribeLogDirsResult result, TopicImage topic, IEnumerable<IPartition> hosted)
    {
        DescribeLogDirsResponse.DescribeLogDirsTopic? shown = null;
        foreach (IPartition partition in hosted)
        {
            if (shown is null)
            {
                shown = result.Topics.Add();
                shown.Name = topic.Name;
            }

            DescribeLogDirsResponse.DescribeLogDirsPartition size = shown.Partitions.Add();
            (size.PartitionIndex, size.PartitionSize) = (partition.Id.Index, partition.SizeInBytes);
        }
    }
}
