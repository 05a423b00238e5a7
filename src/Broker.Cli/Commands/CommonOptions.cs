using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;

namespace Broker.Cli.Commands;

/// <summary>The options that all client commands share.</summary>
internal static class CommonOptions
{
    private const string DefaultBootstrap = "127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094";
    private const string BootstrapVariable = "BROKER_BOOTSTRAP";

    public static Option<string> Bootstrap() => new("--bootstrap-server", "-b")
    {
        Description = $"Brokers to ask first, host:port,…  (or the variable {BootstrapVariable})",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(BootstrapVariable) ?? DefaultBootstrap,
    };

    public static Option<OutputFormat> Format() => new("--format")
    {
        Description = "text for people, json for machines",
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    public static Argument<string> Topic() => new("topic") { Description = "The topic's name" };

    public static Task<BrokerClient> ConnectAsync(string bootstrap, CancellationToken token) =>
        BrokerClient.ConnectAsync(ClientOptions.For(bootstrap), token);

    /// <summary>Reads <c>name=value</c> pairs.</summary>
    public static Dictionary<string, string?> Pairs(IEnumerable<string> texts, string option)
    {
        Dictionary<string, string?> pairs = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"{option} {text}: write name=value");
            }

            pairs[text[..equals]] = text[(equals + 1)..];
        }

        return pairs;
    }
}
