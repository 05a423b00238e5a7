using Broker.Server;
using Broker.Server.Configuration;
using Broker.Server.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Broker.Cli.Commands.Serving;

/// <summary>A broker node and its HTTP server under the host's life cycle; the broker's end is the host's.</summary>
internal sealed class BrokerService(
    BrokerOptions options, BrokerNode node, ILoggerFactory loggers, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    /// <summary>What ended the broker, if it was not told to stop.</summary>
    public Exception? Failure { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts its services one after another on the caller's thread: don't hold it up.
        await Task.Yield();
        try
        {
            await using HttpServer? http = options.HttpBind is { } bind
                ? await HttpServer.StartAsync(bind, () => node.IsReady, loggers, stoppingToken)
                : null;
            await node.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped while it was still starting.
        }
        catch (Exception failure)
        {
            Failure = failure;
        }
        finally
        {
            lifetime.StopApplication();
        }
    }
}
