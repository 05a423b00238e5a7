using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Replicas;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary>
/// <c>broker cluster raft TOPIC/PARTITION</c>. Ends with 1 where nobody that answers leads, and says who was asked.
/// </summary>
internal sealed class RaftCommand : WatchableCommand
{
    private readonly Argument<string> _partition = new("partition") { Description = PartitionName.Description };

    public RaftCommand()
        : base(
            "raft",
            "Show a partition's Raft group: leader, log, members, how far each replica is, and the last elections",
            "until it is interrupted") =>
        Arguments.Add(_partition);

    protected override async Task<bool> ShowAsync(
        BrokerClient client, ParseResult parsed, OutputFormat format, CancellationToken token)
    {
        (string topic, int index) = PartitionName.Parse(parsed.GetRequiredValue(_partition));
        var asked = new TopicPartition(topic, index);
        PartitionDescription partition = await client.Admin.DescribePartitionAsync(asked, token);
        ClusterDescription cluster = await client.Admin.DescribeClusterAsync(token);
        ReplicaSurvey survey = await client.Replicas.SurveyAsync(
            cluster.Brokers.Where(broker => partition.Replicas.Contains(broker.Id)), [asked], token);
        var report = new RaftReport(asked, partition, survey);
        if (format == OutputFormat.Json)
            Json.Print(report.ForMachines());
        else
            report.Print();
        if (report.Leader is null)
            await Console.Error.WriteLineAsync($"broker: {report.WhyNoLeader()}");
        ExitCode = report.Leader is null ? 1 : 0;
        return false;
    }
}
