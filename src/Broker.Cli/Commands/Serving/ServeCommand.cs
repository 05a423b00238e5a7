using System.Collections;
using System.CommandLine;
using System.Runtime.ExceptionServices;
using Broker.Cli.Output;
using Broker.Server;
using Broker.Server.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Broker.Cli.Commands.Serving;

/// <summary><c>broker serve</c>: one broker of a cluster, from a file.</summary>
internal sealed class ServeCommand : Command
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Option<FileInfo> _config = new("--config")
    {
        Description = "The broker's configuration, one JSON file",
        Required = true,
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "KEY=VALUE, as often as needed: overrides the file and the environment (BROKER__KEY)",
    };

    public ServeCommand()
        : base("serve", "Run one broker of a cluster until it is told to stop")
    {
        Options.Add(_config);
        Options.Add(_set);
        SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(_config), parsed.GetValue(_set) ?? [], stop));
    }

    private static async Task RunAsync(FileInfo config, string[] settings, CancellationToken stop)
    {
        using IHost host = Build(Load(config, settings));
        BrokerService service = host.Services.GetRequiredService<BrokerService>();

        // Disposes the host at its end: what it held has to be asked for before.
        await host.RunAsync(stop);
        if (service.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    private static BrokerOptions Load(FileInfo config, string[] settings)
    {
        string json = File.ReadAllText(config.FullName);
        IEnumerable<KeyValuePair<string, string>> environment = Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, variable.Value as string ?? ""));
        return BrokerOptionsLoader.Load(
            config.Name, json, environment, [.. settings.Select(setting => "--" + setting)]);
    }

    private static IHost Build(BrokerOptions options)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        ConsoleLogs.Add(builder.Logging, LogLevel.Information);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(services => new BrokerNode(
            options,
            BrokerEnvironment.Real(
                TimeProvider.System, new Random(), services.GetRequiredService<ILoggerFactory>())));
        builder.Services.AddSingleton<BrokerService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<BrokerService>());
        return builder.Build();
    }
}
