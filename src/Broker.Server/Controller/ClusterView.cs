using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Membership;
using Broker.Server.Partitions;

namespace Broker.Server.Controller;

/// <inheritdoc cref="IClusterView"/>
/// <param name="ownReplica">What this broker's replica of a partition knows of its leader; null if it has none.</param>
internal sealed class ClusterView(
    BrokerId self,
    MetadataWatch watch,
    IMetadataLog log,
    GoneProcesses gone,
    LeaderSettling settling,
    Func<PartitionId, LeaderView?> ownReplica,
    TimeProvider time) : IClusterView
{
    public BrokerId Self => self;

    public ClusterImage Image => watch.Image;

    public BrokerId Controller
    {
        get
        {
            BrokerId leader = watch.Leadership.Leader;
            if (leader != BrokerId.None && (leader == self || IsAlive(leader)))
                return leader;
            return Image.Brokers.Keys.FirstOrDefault(IsAlive, BrokerId.None);
        }
    }

    public LeaderView LeaderOf(TopicImage topic, int partition)
    {
        PartitionImage image = topic.Partitions[partition];
        var known = new LeaderView(image.Leader, image.Term);
        if (ownReplica(new PartitionId(topic.Id, partition)) is { } own
            && (own.Epoch > known.Epoch || (own.Epoch == known.Epoch && known.Leader == BrokerId.None)))
        {
            known = own;
        }

        return IsAlive(known.Leader) ? known : known with { Leader = BrokerId.None };
    }

    public bool IsAlive(BrokerId broker) =>
        Image.Brokers.TryGetValue(broker, out BrokerRegistration? found)
        && found.IsAlive
        && !gone.Contains(broker, found.Process);

    public ValueTask SettleAsync(IReadOnlyCollection<TopicImage> topics, CancellationToken cancellation) =>
        settling.SettleAsync(this, topics, cancellation);

    public async ValueTask<bool> BarrierAsync(TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await log.BarrierAsync(either.Token);
            return await watch.UntilAppliedAsync(log.Image.Index, patience, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
