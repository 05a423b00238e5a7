using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Features;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster features</c></summary>
internal sealed class FeaturesCommand()
    : WatchableCommand(
        "features",
        "Show the cluster's feature level, and those that each broker supports",
        "until the cluster is at the newest level of all")
{
    protected override async Task<bool> ShowAsync(
        BrokerClient client, ParseResult parsed, OutputFormat format, CancellationToken token)
    {
        FeatureDescription features = await client.Features.DescribeAsync(token);
        if (format == OutputFormat.Json)
        {
            Json.Print(new
            {
                features.Level,
                features.SupportedByAll,
                Brokers = features.Brokers.Select(
                    broker => new { Id = broker.Broker.Value, broker.Oldest, broker.Newest }),
            });
        }
        else
        {
            Console.WriteLine($"cluster at feature level {Text(features.Level)}");
            TextTable.Print(
                ["BROKER", "OLDEST", "NEWEST"],
                features.Brokers.Select(
                    broker => new[] { broker.Broker.ToString(), Text(broker.Oldest), Text(broker.Newest) }));
        }

        return features.Brokers.All(broker => broker.Newest == features.Level);
    }

    private static string Text(int? level) => level?.ToString(CultureInfo.InvariantCulture) ?? "not told";
}
