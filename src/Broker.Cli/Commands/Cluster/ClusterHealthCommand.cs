using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Disks;
using Broker.Client.Features;
using Broker.Client.Replicas;
using Broker.Client.Voters;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster health</c>: its exit code is for scripts, see <see cref="ClusterHealth"/>.</summary>
internal sealed class ClusterHealthCommand()
    : WatchableCommand(
        "health",
        "Name the brokers that are down, and the partitions without a leader or with replicas that are not in sync, "
        + "quarantined or hold back retention",
        "until all is well, or only somebody can mend what is left")
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
        (IReadOnlyList<BrokerId> voters, string? quorumSilent) = await VotersAsync(client, token);
        var health = new ClusterHealth
        {
            Ailments =
            [
                .. partitions.Select(each => new Ailment(each.Name, each.Partition, survey, takers, disks))
                    .Where(ailment => ailment.IsOne),
            ],
            Down = NotAmong(brokers, partitions.SelectMany(each => each.Partition.Replicas)),
            VotersDown = NotAmong(brokers, voters),
            QuorumSilent = quorumSilent,
            Silent = survey.Silent,
            Leavers = LeaversOf(draining, topics),
            Features = await FeaturesAsync(client, token),
        };
        health.Print(format);
        ExitCode = health.ExitCode;
        return health.IsSettled;
    }

    private static BrokerId[] NotAmong(IReadOnlyList<BrokerDescription> alive, IEnumerable<BrokerId> brokers) =>
        [.. brokers.Distinct().Where(broker => alive.All(each => each.Id != broker)).Order()];

    private static async Task<(IReadOnlyList<BrokerId> Voters, string? Silent)> VotersAsync(
        BrokerClient client, CancellationToken token)
    {
        try
        {
            QuorumDescription quorum = await client.Quorum.DescribeAsync(token);
            return ([.. quorum.Voters.Select(voter => voter.Broker)], null);
        }
        catch (Exception e) when (e is RequestException or UnreachableException)
        {
            return ([], e.Message);
        }
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
