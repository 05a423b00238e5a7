using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Messages;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Controller.Membership;

/// <summary>
/// This broker's membership: registers it (again, whenever the metadata leader does not know this process), and then
/// tells
/// the leader at every beat that it lives and what it leads.
/// </summary>
internal sealed class BrokerLifecycle(
    Func<BrokerWish> wish,
    ControllerRoute route,
    MetadataWatch watch,
    LeadershipReporter reporter,
    ControllerTimings timings,
    TimeProvider time,
    ILogger logger)
{
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _leaving;

    /// <summary>Completes when the cluster has taken this process in.</summary>
    public Task Registered => _registered.Task;

    public async Task RunAsync(CancellationToken cancellation)
    {
        bool known = false;
        while (!_leaving)
        {
            known = known ? await BeatAsync(cancellation) : await RegisterAsync(cancellation);
            if (known)
                await RestAsync(cancellation);
            else
                await Task.Delay(timings.Tick, time, cancellation);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
    }

    /// <summary>Says good-bye, so that nobody has to wait for the end of the session.</summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        _leaving = true;
        BrokerRegistered self = wish().Details;
        await route.AskAsync(
            new BrokerHeartbeat(self.Broker, self.Process, [], Leaving: true), timings.Failover, cancellation);
    }

    private async Task<bool> RegisterAsync(CancellationToken cancellation)
    {
        ControllerReply? reply = await route.AskAsync(new RegisterBroker(wish()), timings.Call, cancellation);
        switch (reply?.Status)
        {
            case ControllerStatus.Done:
                ControllerLog.Registered(logger, wish().Details.Broker, reply.Index);
                _registered.TrySetResult();
                return true;
            case ControllerStatus.Refused when reply.Refusal is { } refusal && IsForGood(refusal.Reason):
                throw new RefusedByClusterException(refusal.Message);
            case ControllerStatus.Refused:
                ControllerLog.RegistrationRefused(logger, reply.Refusal?.Message ?? "no reason given");
                await Task.Delay(timings.Heartbeat, time, cancellation);
                return false;
            default:
                return false;
        }
    }

    // Asking again would change nothing: another version, or another data directory, has to be started.
    private static bool IsForGood(RefusalReason reason) =>
        reason is RefusalReason.UnsupportedLevel or RefusalReason.WrongCluster;

    private async Task<bool> BeatAsync(CancellationToken cancellation)
    {
        BrokerRegistered self = wish().Details;
        var beat = new BrokerHeartbeat(self.Broker, self.Process, reporter.Take(watch.Image), Leaving: false);
        ControllerReply? reply = await route.AskAsync(beat, timings.Heartbeat, cancellation);
        return reply?.Status != ControllerStatus.RegisterFirst;
    }

    // At least a tick between two beats; until the heartbeat is due, only if there is something to say.
    private async Task RestAsync(CancellationToken cancellation)
    {
        await Task.Delay(timings.Tick, time, cancellation);
        await reporter.Due.UntilAsync(
            () => reporter.HasUnsaid, timings.Heartbeat - timings.Tick, time, cancellation);
    }
}
