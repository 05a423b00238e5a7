using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Controller;
using Broker.Server.Controller.Messages;
using Microsoft.Extensions.Logging;
using Members = Broker.Raft.Configuration;

namespace Broker.Server.Reconciliation;

/// <summary>
/// Leads the groups that this broker leads to where the image wants them, step by step, and says when one is there.
/// Nothing is remembered from one look to the next: what the group's own log and the image say is enough, so that any
/// leader can go on after any other. Each look begins with a barrier, and what was a leader before it and in the same
/// term after it acts on a target that nobody has finished or replaced behind its back.
/// </summary>
internal sealed class ReassignmentKeeper(
    BrokerId self,
    ReplicaHost host,
    MetadataWatch watch,
    ControllerRoute route,
    int mostFilling,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            long seen = watch.Topology;
            if (await LookAsync(cancellation))
                await Task.Delay(Pause, time, cancellation);
            else
                await watch.UntilAsync(_ => watch.Topology != seen, Timeout.InfiniteTimeSpan, cancellation);
        }
    }

    /// <summary>False: no replica that moves has anything to do with this broker.</summary>
    private async Task<bool> LookAsync(CancellationToken cancellation)
    {
        PartitionId[] moving = [.. Moving(watch.Image)];
        Led[] led = [.. LedOf(moving)];
        if (led.Length == 0 || !await watch.BarrierAsync(Patience, cancellation))
            return moving.Length > 0;

        ClusterImage image = watch.Image;
        int room = mostFilling - led.Count(group => IsFilling(group, image));
        var reached = ImmutableArray.CreateBuilder<FinishedMove>();
        foreach (Led group in led)
        {
            PartitionId id = group.Replica.Id;
            if (image.FindPartition(id) is not { Reassignment: { } move } partition)
                continue;
            if (!MoveStep.IsReached(group.Replica.Status, partition))
                room -= await StepAsync(group, partition, image, room, cancellation);
            else if (await IsStillLedAsync(group, cancellation))
                reached.Add(new FinishedMove(id.Topic, id.Index, move.At));
        }

        if (reached.Count > 0)
            await TellAsync(reached.ToImmutable(), image, cancellation);
        return true;
    }

    private IEnumerable<PartitionId> Moving(ClusterImage image)
    {
        foreach (TopicImage topic in image.Topics.Values)
        {
            for (int i = 0; i < topic.Partitions.Count; i++)
            {
                if (topic.Partitions[i] is { Reassignment: not null } partition && partition.Replicas.Contains(self))
                    yield return new PartitionId(topic.Id, i);
            }
        }
    }

    private IEnumerable<Led> LedOf(PartitionId[] moving)
    {
        foreach (PartitionId id in moving)
        {
            if (host.Find(id) is { Status: { IsLeaderReady: true } status } replica)
                yield return new Led(replica, status.Term);
        }
    }

    private static bool IsFilling(Led group, ClusterImage image) =>
        group.Replica.Status.Configuration is { } now && MoveStep.IsFilling(now, image);

    /// <summary>How much of the room it took: 1 where replicas begin to be filled.</summary>
    private async Task<int> StepAsync(
        Led group, PartitionImage partition, ClusterImage image, int room, CancellationToken cancellation)
    {
        if (group.Replica.Status.Configuration is not { } now)
            return 0;

        Members next = MoveStep.Next(now, partition);
        bool begins = MoveStep.IsFilling(next, image) && !MoveStep.IsFilling(now, image);
        if (begins && room <= 0)
            return 0;

        ChangeAnswer answer = await group.Replica.ChangeConfigurationAsync(next, group.Term, cancellation);
        if (answer != ChangeAnswer.Begun)
            return 0;

        ReconciliationLog.MembersAsked(logger, group.Replica.Id, next);
        return begins ? 1 : 0;
    }

    // A leader of yesterday has a committed configuration too. One that still leads, now that it has seen the target,
    // has the latest: what others may have done to the group was before that target.
    private static async Task<bool> IsStillLedAsync(Led group, CancellationToken cancellation) =>
        await group.Replica.ReadIndexAsync(cancellation) && group.Replica.Status.Term == group.Term;

    private async Task TellAsync(
        ImmutableArray<FinishedMove> reached, ClusterImage image, CancellationToken cancellation)
    {
        ControllerReply? reply = await route.AskAsync(new FinishReassignments(reached), Patience, cancellation);
        if (reply is not { Status: ControllerStatus.Done })
            return;
        foreach (FinishedMove move in reached)
        {
            var id = new PartitionId(move.Topic, move.Partition);
            if (image.FindPartition(id) is { } partition)
                ReconciliationLog.Moved(logger, id, MoveStep.TargetOf(partition).Voters);
        }
    }

    private readonly record struct Led(Replica Replica, Term Term);
}
