using Broker.MetadataQuorum;
using Broker.Model;
using Broker.Server.Configuration;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Tests.Node;

/// <summary>A broker in this process, on real sockets and files: starts, stops in order, dies, starts again.</summary>
internal sealed class NodeUnderTest(BrokerOptions options, ILoggerFactory loggers) : IAsyncDisposable
{
    private CancellationTokenSource _stop = new();
    private Action<Exception> _fatal = _ => { };
    private Task _running = Task.CompletedTask;

    public BrokerId Id => options.Id;

    public HostAndPort Address => options.Listeners[0].Bind;

    public BrokerNode? Current { get; private set; }

    public FaultyFiles Files { get; private set; } = new();

    /// <summary>The run of the kernel that it believes to be on; null for the true one.</summary>
    public string? Boot { get; set; }

    public bool IsUp => !_running.IsCompleted;

    /// <summary>What ended it, once it has ended other than by being told to.</summary>
    public Exception? Failure { get; private set; }

    public void Start()
    {
        _stop = new CancellationTokenSource();
        Files = new FaultyFiles();
        Failure = null;
        Current = new BrokerNode(options, Environment());
        _running = RunAsync(Current, Files, _stop.Token);
    }

    /// <summary>Completes when it has ended, for whatever reason.</summary>
    public Task EndedAsync() => _running;

    /// <summary>As SIGTERM does it.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Nothing is finished, flushed or said.</summary>
    public async Task KillAsync()
    {
        Files.TakeAway();
        _fatal(new InvalidOperationException("killed by the test"));
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(BrokerNode broker, FaultyFiles files, CancellationToken stop)
    {
        // The start binds sockets and reads files: several nodes start side by side.
        await Task.Yield();
        try
        {
            await broker.RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while it was still starting.
        }
        catch (Exception failure)
        {
            Failure = failure;
        }
        finally
        {
            files.Dispose();
        }
    }

    private BrokerEnvironment Environment()
    {
        FaultyFiles files = Files;
        var real = BrokerEnvironment.Real(TimeProvider.System, new Random(), loggers);
        return real with
        {
            Files = files,
            BootId = Boot ?? real.BootId,
            OpenMetadataLog = async (seat, channel, fatal, cancellation) =>
            {
                _fatal = fatal;
                var quorum = await MetadataQuorum.MetadataQuorum.OpenAsync(
                    seat,
                    new QuorumEnvironment(channel, files, TimeProvider.System, new Random(), loggers),
                    cancellation);
                _ = TellFailureAsync(quorum, fatal);
                return quorum;
            },
        };
    }

    private static async Task TellFailureAsync(MetadataQuorum.MetadataQuorum quorum, Action<Exception> fatal) =>
        fatal(await quorum.Failed);
}
