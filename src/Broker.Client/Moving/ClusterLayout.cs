using Broker.Client.Disks;
using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>What plans are made of: who is there, where replicas are, and how large they are.</summary>
public sealed record ClusterLayout
{
    /// <summary>Those that are alive.</summary>
    public required IReadOnlyList<BrokerDescription> Brokers { get; init; }

    /// <summary>Those that are to leave: they get no replicas.</summary>
    public required IReadOnlySet<BrokerId> Draining { get; init; }

    /// <summary>All of them.</summary>
    public required IReadOnlyList<TopicDescription> Topics { get; init; }

    /// <summary>What is being moved already.</summary>
    public required IReadOnlyList<ReassignmentDescription> Moves { get; init; }

    public required DiskSurvey Disks { get; init; }

    /// <summary>Without all of them a plan does not look at bytes.</summary>
    public bool AreSizesKnown => Brokers.All(broker => Disks.Disks.ContainsKey(broker.Id));

    /// <summary>Brokers that have replicas and are not alive, ascending.</summary>
    public IReadOnlyList<BrokerId> Gone =>
    [
        .. Topics.SelectMany(topic => topic.Partitions).SelectMany(partition => partition.Replicas).Distinct()
            .Where(replica => Brokers.All(broker => broker.Id != replica)).Order(),
    ];

    /// <exception cref="UnreachableException">No broker answers.</exception>
    public static async Task<ClusterLayout> ReadAsync(BrokerClient client, CancellationToken token = default)
    {
        ClusterDescription cluster = await client.Admin.DescribeClusterAsync(token).ConfigureAwait(false);
        return new ClusterLayout
        {
            Brokers = cluster.Brokers,
            Draining = await client.Draining.FindAsync(cluster.Brokers, token).ConfigureAwait(false),
            Topics = await client.Admin.ListTopicsAsync(token).ConfigureAwait(false),
            Moves = await client.Admin.ListReassignmentsAsync(token).ConfigureAwait(false),
            Disks = await client.Disks.SurveyAsync(cluster.Brokers, token).ConfigureAwait(false),
        };
    }
}
