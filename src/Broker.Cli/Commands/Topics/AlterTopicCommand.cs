using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;

namespace Broker.Cli.Commands.Topics;

/// <summary><c>broker topic alter</c></summary>
internal sealed class AlterTopicCommand : ClientCommand
{
    private readonly Argument<string> _topic = CommonOptions.Topic();
    private readonly Option<string[]> _configs = new("--config", "-c")
    {
        Description = "name=value; may be given several times",
    };

    private readonly Option<string[]> _deleted = new("--delete-config")
    {
        Description = "name: back to its default; may be given several times",
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public AlterTopicCommand()
        : base("alter", "Change a topic's configs; what is not named stays as it is")
    {
        Arguments.Add(_topic);
        Options.Add(_configs);
        Options.Add(_deleted);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        string name = parsed.GetRequiredValue(_topic);
        Dictionary<string, string?> configs = CommonOptions.Pairs(parsed.GetValue(_configs) ?? [], "--config");
        string[] deleted = parsed.GetValue(_deleted) ?? [];
        if (configs.Count + deleted.Length == 0)
            throw new UsageException("Nothing is to be changed: write --config name=value or --delete-config name");
        if (deleted.FirstOrDefault(configs.ContainsKey) is { } both)
            throw new UsageException($"--delete-config {both}: it is set by --config too; write one of the two");

        await client.Admin.AlterTopicConfigsAsync(name, configs, [.. deleted.Distinct()], token);
        IReadOnlyDictionary<string, string?> now = await client.Admin.DescribeTopicConfigsAsync(name, token);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            Json.Print(new { Name = name, Configs = now });
            return;
        }

        string settings = string.Join(", ", now.Select(config => $"{config.Key}={config.Value}"));
        Console.WriteLine($"altered topic '{name}'; configs  {(now.Count == 0 ? "(defaults)" : settings)}");
    }
}
