using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Voters;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary>Prints who votes on the metadata, for people or machines.</summary>
internal static class VoterTable
{
    public static async Task PrintAsync(BrokerClient client, OutputFormat format, CancellationToken token)
    {
        QuorumDescription quorum = await client.Quorum.DescribeAsync(token);
        if (format == OutputFormat.Json)
        {
            Json.Print(new
            {
                Leader = quorum.Leader == BrokerId.None ? (int?)null : quorum.Leader.Value,
                Epoch = quorum.Epoch.Value,
                quorum.HighWatermark,
                Voters = quorum.Voters.Select(ForMachines),
                Observers = quorum.Observers.Select(ForMachines),
            });
            return;
        }

        TextTable.Print(
            ["BROKER", "PART", "LOG END", ""],
            quorum.Voters.Select(voter => Row(voter, "voter", quorum))
                .Concat(quorum.Observers.Select(observer => Row(observer, "observer", quorum))));
    }

    private static object ForMachines(QuorumReplica replica) => new
    {
        Id = replica.Broker.Value,
        LogEnd = replica.LogEnd < 0 ? (long?)null : replica.LogEnd,
    };

    private static string[] Row(QuorumReplica replica, string part, QuorumDescription quorum) =>
    [
        replica.Broker.ToString(),
        part,
        replica.LogEnd < 0 ? "-" : replica.LogEnd.ToString(CultureInfo.InvariantCulture),
        replica.LogEnd < 0 ? "does not answer, or has lost its vote"
            : replica.Broker == quorum.Leader ? "leader"
            : "",
    ];
}
