using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Features;

namespace Broker.Cli.Commands.Cluster;

/// <summary>
/// <c>broker cluster finalize</c>: the last step of an update of all brokers, after which none of them can go back.
/// </summary>
internal sealed class FinalizeCommand : ClientCommand
{
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public FinalizeCommand()
        : base("finalize", "Raise the feature level to the newest that all brokers support; there is no way back") =>
        Options.Add(_format);

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        FeatureDescription features = await client.Features.DescribeAsync(token);
        int level = features.SupportedByAll
            ?? throw new UsageException("the brokers' versions know no feature levels: update them first");
        string[] older = [.. features.HoldingBack.Select(Told)];
        bool isRaised = features.Level is not { } now || now < level;
        if (isRaised)
            await client.Features.RaiseAsync(level, token);

        if (parsed.GetValue(_format) == OutputFormat.Json)
            Json.Print(new { Level = level, Raised = isRaised, HeldBackBy = older });
        else
            Console.WriteLine($"the cluster is {(isRaised ? "now" : "already")} at feature level {level}");

        if (older.Length == 0)
            return;
        Console.Error.WriteLine(
            $"broker: {string.Join(", ", older)}, and so holds newer levels back: update it, then run this again");
        ExitCode = isRaised ? 0 : 1;
    }

    private static string Told(BrokerLevels broker) => broker.Newest is null
        ? $"broker {broker.Broker} does not tell its feature levels"
        : $"broker {broker.Broker} supports feature levels {broker.Oldest} to {broker.Newest}";
}
