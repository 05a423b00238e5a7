using System.Collections.Immutable;
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
    GoneProcesses gone,
    SilentBrokers silent,
    LeaderSettling settling,
    Func<PartitionId, LeaderView?> ownReplica) : IClusterView
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

    public LeaderView ReaderOf(TopicImage topic, int partition)
    {
        LeaderView leader = LeaderOf(topic, partition);
        if (leader.Leader != BrokerId.None && CanBeReached(leader.Leader))
            return leader;

        PartitionImage image = topic.Partitions[partition];
        if (MayElect(image))
            return leader;

        LeaderView? own = ownReplica(new PartitionId(topic.Id, partition));
        BrokerId reader = own is null
            ? image.Replicas.FirstOrDefault(replica => replica != self && CanBeReached(replica), BrokerId.None)
            : self;
        return reader == BrokerId.None || own is { } known && known.Leader != BrokerId.None
            ? leader
            : leader with { Leader = reader };
    }

    public bool IsAlive(BrokerId broker) =>
        Image.Brokers.TryGetValue(broker, out BrokerRegistration? found)
        && found.IsAlive
        && !gone.Contains(broker, found.Process);

    public ValueTask SettleAsync(IReadOnlyCollection<TopicImage> topics, CancellationToken cancellation) =>
        settling.SettleAsync(this, topics, cancellation);

    public ValueTask<bool> BarrierAsync(TimeSpan patience, CancellationToken cancellation) =>
        watch.BarrierAsync(patience, cancellation);

    /// <summary>Whether so few of a partition's replicas can be reached that no leader can be elected.</summary>
    internal bool HasLostMajority(PartitionId id) =>
        Image.FindPartition(id) is { } partition && !MayElect(partition);

    // While replicas move, the image does not say which of them vote.
    private bool MayElect(PartitionImage partition) =>
        partition.Reassignment is not null
        || partition.Replicas.Count(CanBeReached) > partition.Replicas.Length / 2;

    private bool CanBeReached(BrokerId broker) => broker == self || (IsAlive(broker) && !silent.Contains(broker));
}
