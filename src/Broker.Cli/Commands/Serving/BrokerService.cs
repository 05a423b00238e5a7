using Broker.Server;
using Microsoft.Extensions.Hosting;

namespace Broker.Cli.Commands.Serving;

/// <summary>A broker node under the host's life cycle; its end, whatever the reason, is the host's.</summary>
internal sealed class BrokerService(BrokerNode node, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>What ended the broker, if it was not told to stop.</summary>
    public Exception? Failure { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts its services one after another on the caller's thread: don't hold it up.
        await Task.Yield();
        try
        {
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
