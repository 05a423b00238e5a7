using System.CommandLine;
using Broker.Client;

namespace Broker.Cli.Commands;

/// <summary>A command that speaks to a cluster: it has the address to ask first, and gets a client.</summary>
internal abstract class ClientCommand : Command
{
    private const string DefaultBootstrap = "127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094";
    private const string BootstrapVariable = "BROKER_BOOTSTRAP";

    private readonly Option<string> _bootstrap = new("--bootstrap-server", "-b")
    {
        Description = $"Brokers to ask first, host:port,…  (or the variable {BootstrapVariable})",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(BootstrapVariable) ?? DefaultBootstrap,
    };

    protected ClientCommand(string name, string description)
        : base(name, description)
    {
        Options.Add(_bootstrap);
        SetAction(ConnectAndRunAsync);
    }

    /// <summary>0, unless what was found is to be told to scripts.</summary>
    protected int ExitCode { get; set; }

    protected abstract Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token);

    private async Task<int> ConnectAndRunAsync(ParseResult parsed, CancellationToken token)
    {
        ClientOptions options = ClientOptions.For(parsed.GetRequiredValue(_bootstrap));
        await using BrokerClient client = await BrokerClient.ConnectAsync(options, token);
        await RunAsync(client, parsed, token);
        return ExitCode;
    }
}
