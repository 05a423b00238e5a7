using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands;

/// <summary><c>broker topic create|list|describe|delete</c></summary>
internal static class TopicCommand
{
    public static Command Create() => new("topic", "Create, list, describe and delete topics")
    {
        CreateTopic(),
        ListTopics(),
        DescribeTopic(),
        DeleteTopic(),
    };

    private static Command CreateTopic()
    {
        Argument<string> name = CommonOptions.Topic();
        Option<string> bootstrap = CommonOptions.Bootstrap();
        Option<int?> partitions = new("--partitions", "-p") { Description = "Default: the cluster's num.partitions" };
        Option<short?> replication = new("--replication-factor", "-r") { Description = "Default: default.replication.factor" };
        Option<string[]> configs = new("--config", "-c") { Description = "name=value; may be given several times" };
        Command command = new("create", "Create a topic and wait until its partitions have leaders")
        {
            name, bootstrap, partitions, replication, configs,
        };
        command.SetAction(async (parsed, token) =>
        {
            TopicSettings settings = new()
            {
                Partitions = parsed.GetValue(partitions),
                ReplicationFactor = parsed.GetValue(replication),
                Configs = CommonOptions.Pairs(parsed.GetValue(configs) ?? [], "--config"),
            };
            await using BrokerClient client = await CommonOptions.ConnectAsync(parsed.GetRequiredValue(bootstrap), token);
            TopicId id = await client.Admin.CreateTopicAsync(parsed.GetRequiredValue(name), settings, token);
            Console.WriteLine($"created topic '{parsed.GetValue(name)}' ({id})");
        });
        return command;
    }

    private static Command ListTopics()
    {
        Option<string> bootstrap = CommonOptions.Bootstrap();
        Option<OutputFormat> format = CommonOptions.Format();
        Command command = new("list", "List all topics") { bootstrap, format };
        command.SetAction(async (parsed, token) =>
        {
            await using BrokerClient client = await CommonOptions.ConnectAsync(parsed.GetRequiredValue(bootstrap), token);
            IReadOnlyList<TopicDescription> topics = await client.Admin.ListTopicsAsync(token);
            if (parsed.GetValue(format) == OutputFormat.Json)
            {
                Json.Print(topics.Select(topic => new { topic.Name, Id = topic.Id.ToString(), Partitions = topic.Partitions.Count }));
                return;
            }

            TextTable.Print(
                ["TOPIC", "PARTITIONS", "REPLICATION", "ID"],
                topics.Select(topic => new[]
                {
                    topic.Name,
                    Number(topic.Partitions.Count),
                    Number(topic.Partitions.Max(partition => partition.Replicas.Count)),
                    topic.Id.ToString(),
                }));
        });
        return command;
    }

    private static Command DescribeTopic()
    {
        Argument<string> name = CommonOptions.Topic();
        Option<string> bootstrap = CommonOptions.Bootstrap();
        Option<OutputFormat> format = CommonOptions.Format();
        Command command = new("describe", "Show a topic's partitions, leaders, replicas and settings") { name, bootstrap, format };
        command.SetAction(async (parsed, token) =>
        {
            await using BrokerClient client = await CommonOptions.ConnectAsync(parsed.GetRequiredValue(bootstrap), token);
            TopicDescription topic = await client.Admin.DescribeTopicAsync(parsed.GetRequiredValue(name), token);
            IReadOnlyDictionary<string, string?> configs = await client.Admin.DescribeTopicConfigsAsync(topic.Name, token);
            if (parsed.GetValue(format) == OutputFormat.Json)
            {
                Json.Print(new { topic.Name, Id = topic.Id.ToString(), Configs = configs, Partitions = topic.Partitions.Select(ForMachines) });
                return;
            }

            Console.WriteLine($"topic {topic.Name}  id {topic.Id}");
            Console.WriteLine("configs  " + (configs.Count == 0 ? "(defaults)" : string.Join(", ", configs.Select(c => $"{c.Key}={c.Value}"))));
            TextTable.Print(
                ["PARTITION", "LEADER", "EPOCH", "REPLICAS", "IN SYNC", "OFFLINE"],
                topic.Partitions.Select(partition => new[]
                {
                    Number(partition.Index),
                    partition.Leader == BrokerId.None ? "none" : partition.Leader.ToString(),
                    partition.LeaderEpoch.ToString(),
                    string.Join(',', partition.Replicas),
                    string.Join(',', partition.InSync),
                    string.Join(',', partition.Offline),
                }));
        });
        return command;
    }

    private static Command DeleteTopic()
    {
        Argument<string> name = CommonOptions.Topic();
        Option<string> bootstrap = CommonOptions.Bootstrap();
        Command command = new("delete", "Delete a topic with all its records") { name, bootstrap };
        command.SetAction(async (parsed, token) =>
        {
            await using BrokerClient client = await CommonOptions.ConnectAsync(parsed.GetRequiredValue(bootstrap), token);
            await client.Admin.DeleteTopicAsync(parsed.GetRequiredValue(name), token);
            Console.WriteLine($"deleted topic '{parsed.GetValue(name)}'");
        });
        return command;
    }

    private static object ForMachines(PartitionDescription partition) => new
    {
        partition.Index,
        Leader = partition.Leader.Value,
        LeaderEpoch = partition.LeaderEpoch.Value,
        Replicas = partition.Replicas.Select(replica => replica.Value),
        InSync = partition.InSync.Select(replica => replica.Value),
        Offline = partition.Offline.Select(replica => replica.Value),
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
