using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Configuration;
using Broker.Server.Controller.Messages;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Controller;

/// <summary>
/// Has replicas of brokers that are gone for too long rebuilt on others: looks twice a second, on the metadata leader
/// alone, and writes down where they are to be. The partitions' leaders do the rest, as for any other move.
/// </summary>
/// <param name="decisions">Shared with whoever else decides on this broker.</param>
/// <param name="sight">A broker without a connection gets nothing, nor does one whose disk would be full.</param>
internal sealed class ReplicaRebuilder(
    DecisionQueue decisions,
    IMetadataLog log,
    IBrokerSight sight,
    RebuildOptions options,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Disks fill slowly, and what is decided meanwhile is counted.</summary>
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(5);

    private readonly BrokerAbsence _absence = new(options.Delay);
    private readonly long _epoch = time.GetTimestamp();
    private readonly SortedDictionary<RebuildObstacle, string> _told = [];
    private DiskSurvey _disks = DiskSurvey.Nothing;
    private TimeSpan? _disksSeen;
    private long _term = -1;

    private TimeSpan Now => time.GetElapsedTime(_epoch);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (options.IsOn && decisions.Leads)
                await LookAsync(cancellation);
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        ClusterImage image = log.Image;
        Follow(log.Leadership.Term);
        IReadOnlySet<BrokerId> overdue = _absence.Overdue(image, Now);
        Rebuild found = PlanOn(image, overdue, DiskSurvey.Nothing);
        if (!found.Targets.IsEmpty)
        {
            await LookAtDisksAsync(image, cancellation);
            found = PlanOn(log.Image, overdue, _disks);
        }

        Tell(found.Stuck, overdue);
        if (found.Targets.IsEmpty)
            return;

        Rebuild decided = found;
        ControllerReply reply = await decisions.DecideAsync(
            now => Decision.Of(
                (decided = PlanOn(now, overdue, _disks)).Plan, new ControllerReply(ControllerStatus.Done)),
            cancellation);
        if (reply.Status == ControllerStatus.Done && !decided.Targets.IsEmpty)
            ControllerLog.Rebuilds(
                logger, string.Join(", ", overdue), options.Delay, decided.Targets.Length, FirstOf(decided));
    }

    private void Follow(long term)
    {
        if (term == _term)
            return;

        _term = term;
        _absence.Restart();
        _told.Clear();
        _disksSeen = null;
    }

    private async Task LookAtDisksAsync(ClusterImage image, CancellationToken cancellation)
    {
        if (_disksSeen is { } seen && Now - seen < DiskPause)
            return;

        _disks = await sight.AskDisksAsync(
            image.Brokers.Values.Where(broker => broker.IsAlive).Select(broker => broker.Id), cancellation);
        _disksSeen = Now;
    }

    // Who is back by the image that is decided on is no longer among those who are gone.
    private Rebuild PlanOn(ClusterImage image, IReadOnlySet<BrokerId> overdue, DiskSurvey disks) =>
        RebuildPlanner.Make(
            image,
            overdue.Where(broker => !image.IsAlive(broker)).ToImmutableSortedSet(),
            image.Brokers.Keys.Where(broker => sight.Seen(broker) is null || disks.Silent.Contains(broker))
                .ToImmutableSortedSet(),
            disks.Reports,
            options.ConcurrentPartitions);

    // Once for each set of brokers that are gone, not once for each look.
    private void Tell(ImmutableArray<StuckPartition> stuck, IReadOnlySet<BrokerId> overdue)
    {
        string brokers = string.Join(", ", overdue);
        foreach (RebuildObstacle obstacle in Enum.GetValues<RebuildObstacle>())
        {
            StuckPartition[] held = [.. stuck.Where(partition => partition.Obstacle == obstacle)];
            if (held.Length == 0)
                _told.Remove(obstacle);
            else if (_told.GetValueOrDefault(obstacle) != brokers)
                Tell(obstacle, _told[obstacle] = brokers, held);
        }
    }

    private void Tell(RebuildObstacle obstacle, string brokers, StuckPartition[] held)
    {
        string first = $"{held[0].Topic}/{held[0].Partition}";
        Action<ILogger, string, int, string> say = obstacle switch
        {
            RebuildObstacle.NoRoom => ControllerLog.NoRoomToRebuild,
            RebuildObstacle.DisksFull => ControllerLog.DisksFullToRebuild,
            _ => ControllerLog.NoMajorityToRebuild,
        };
        say(logger, brokers, held.Length, first);
    }

    private string FirstOf(Rebuild decided)
    {
        PartitionTarget first = decided.Targets[0];
        return $"{log.Image.FindTopic(first.Topic)?.Name}/{first.Partition}";
    }
}
