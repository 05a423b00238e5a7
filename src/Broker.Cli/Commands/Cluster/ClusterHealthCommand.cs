using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Disks;
using Broker.Client.Features;
using Broker.Client.Replicas;
using Broker.Client.Voters;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster health</c>: ends with 1 where something is wrong, for scripts.</summary>
internal sealed class ClusterHealthCommand()
    : WatchableCommand(
        "health",
        "Name the brokers that are down, and the partitions without a leader or with replicas that are not in sync, "
        + "quarantined or hold back retention",
        "until all is well")
{
    protected override async Task<bool> ShowAsync(
        BrokerClient client, ParseResult parsed, OutputFormat format, CancellationToken token)
    {
        IReadOnlyList<TopicDescription> topics = await client.Admin.ListTopicsAsync(token);
        IReadOnlyList<BrokerDescription> brokers = (await client.Admin.DescribeClusterAsync(token)).Brokers;
        (TopicPartition Name, PartitionDescription Partition)[] partitions =
        [
            .. topics.SelectMany(topic => topic.Partitions.Select(
                partition => (new TopicPartition(topic.Name, partition.Index), partition))),
        ];
        ReplicaSurvey survey = await client.Replicas.SurveyAsync(
            brokers, [.. partitions.Select(partition => partition.Name)], token);
        IReadOnlySet<BrokerId> draining = await client.Draining.FindAsync(brokers, token);
        BrokerId[] takers = [.. brokers.Select(broker => broker.Id).Where(broker => !draining.Contains(broker))];
        DiskSurvey disks = partitions.Any(each => each.Partition.Offline.Count > 0)
            ? await client.Disks.SurveyAsync(brokers, token)
            : DiskSurvey.Nothing;
        var health = new ClusterHealth
        {
            Ailments =
            [
                .. partitions.Select(each => new Ailment(each.Name, each.Partition, survey, takers, disks))
                    .Where(ailment => ailment.IsOne),
            ],
            Down = await DownAsync(client, brokers, partitions.Select(each => each.Partition), token),
            Silent = survey.Silent,
            Leavers = LeaversOf(draining, topics),
            Features = await FeaturesAsync(client, token),
        };
        health.Print(format);
        ExitCode = health.IsHealthy ? 0 : 1;
        return health.IsHealthy;
    }

    // Who has a replica or votes on the metadata, and is not among those that live.
    private static async Task<BrokerId[]> DownAsync(
        BrokerClient client,
        IReadOnlyList<BrokerDescription> alive,
        IEnumerable<PartitionDescription> partitions,
        CancellationToken token)
    {
        IEnumerable<BrokerId> voters = [];
        try
        {
            QuorumDescription quorum = await client.Quorum.DescribeAsync(token);
            voters = quorum.Voters.Select(voter => voter.Broker);
        }
        catch (Exception e) when (e is RequestException or UnreachableException)
        {
            // The partitions' replicas are told all the same.
        }

        return
        [
            .. partitions.SelectMany(partition => partition.Replicas).Concat(voters).Distinct()
                .Where(broker => alive.All(each => each.Id != broker)).Order(),
        ];
    }

    private static IReadOnlyList<Leaver> LeaversOf(
        IReadOnlySet<BrokerId> draining, IReadOnlyList<TopicDescription> topics) =>
    [
        .. draining.Order().Select(broker => new Leaver(
            broker.Value,
            topics.Sum(topic => topic.Partitions.Count(partition => partition.Replicas.Contains(broker))))),
    ];

    private static async Task<FeatureDescription?> FeaturesAsync(BrokerClient client, CancellationToken token)
    {
        try
        {
            return await client.Features.DescribeAsync(token);
        }
        catch (Exception e) when (e is RequestException or UnreachableException)
        {
            return null;
        }
    }
}
