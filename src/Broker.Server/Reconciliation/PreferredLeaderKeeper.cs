using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Reconciliation;

/// <summary>
/// Gives leaderships back to preferred replicas, one after another, at a bounded rate. Whoever leads decides, so nobody
/// has to be asked: what another broker thinks meanwhile costs a refusal by the group and no more.
/// </summary>
/// <param name="reportOf">What there is to report of a partition; null if this broker does not lead it.</param>
internal sealed class PreferredLeaderKeeper(
    BrokerId self,
    ReplicaHost host,
    MetadataWatch watch,
    Func<PartitionId, LeadershipReport?> reportOf,
    LeadershipOptions options,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly PreferredLeaders _preferred = new(self, options.RebalanceDelay);
    private readonly long _epoch = time.GetTimestamp();
    private ClusterImage _seen = ClusterImage.Empty;

    public async Task RunAsync(CancellationToken cancellation)
    {
        TimeSpan pace = Look / options.RebalanceRate;
        while (true)
        {
            await Task.Delay(options.IsRebalanced ? Look : Timeout.InfiniteTimeSpan, time, cancellation);
            foreach (Handover handover in Due())
            {
                await GiveAsync(handover, cancellation);
                await Task.Delay(pace, time, cancellation);
            }
        }
    }

    // Everything that is decided follows from the image and time: while neither has news, thousands of replicas are
    // not looked through.
    private IReadOnlyList<Handover> Due()
    {
        ClusterImage image = watch.Image;
        if (ReferenceEquals(image, _seen) && !_preferred.HasAny)
            return [];

        _seen = image;
        IEnumerable<LeadershipReport> led = host.Replicas
            .Where(replica => replica.Status.IsLeaderReady)
            .Select(replica => reportOf(replica.Id))
            .OfType<LeadershipReport>();
        return _preferred.Decide(image, led, time.GetElapsedTime(_epoch), options.RebalanceRate);
    }

    private async Task GiveAsync(Handover handover, CancellationToken cancellation)
    {
        if (host.Find(handover.Partition) is { Status.IsLeader: true } replica
            && await replica.TransferLeadershipAsync(handover.To, cancellation))
            ReconciliationLog.GivenBack(logger, handover.Partition, handover.To);
    }
}
