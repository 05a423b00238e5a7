using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Messages;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Controller;

/// <summary>
/// The way to whoever leads the metadata group: here, or at another broker, or, where leadership is moving, at the
/// next leader
/// as soon as there is one. Requests may be asked again: each is decided so that a second time changes nothing.
/// </summary>
internal sealed class ControllerRoute(
    BrokerId self,
    MetadataWatch watch,
    ControllerService service,
    IControllerTransport transport,
    ControllerTimings timings,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Null if no leader answered within <paramref name="patience"/>. On return this broker's image holds what the
    /// reply speaks of, unless patience ended first.
    /// </summary>
    public async Task<ControllerReply?> AskAsync(
        ControllerRequest request, TimeSpan patience, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        BrokerId failed = BrokerId.None;
        while (true)
        {
            MetadataLeadership leadership = watch.Leadership;
            if (leadership.Leader != BrokerId.None)
            {
                ControllerReply? reply = await CallAsync(leadership.Leader, request, cancellation);
                if (reply is not null and not { Status: ControllerStatus.NotLeader or ControllerStatus.Unknown })
                {
                    await watch.UntilAppliedAsync(reply.Index, Left(began, patience), cancellation);
                    return reply;
                }

                if (reply is null or { Status: ControllerStatus.Unknown })
                    request = request.Again();
                if (reply is null && leadership.Leader != failed)
                {
                    failed = leadership.Leader;
                    ControllerLog.CallFailed(logger, failed, request.GetType().Name);
                }
            }

            if (Left(began, patience) <= TimeSpan.Zero)
                return null;

            // The same leader is asked again after a moment: it may only just have begun, or the session be coming
            // back.
            await watch.UntilLedAsync(leadership, Min(Pause, Left(began, patience)), cancellation);
        }
    }

    private async ValueTask<ControllerReply?> CallAsync(
        BrokerId leader, ControllerRequest request, CancellationToken cancellation)
    {
        if (leader == self)
            return await service.HandleAsync(request, cancellation);

        return await transport.CallAsync(leader, request, timings.Call, cancellation);
    }

    private TimeSpan Left(long began, TimeSpan patience) => patience - time.GetElapsedTime(began);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
