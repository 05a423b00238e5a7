using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Controller;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Transactions.Ending;

/// <summary>Has every partition of a transaction write its marker, however long that takes.</summary>
internal sealed class MarkerWriter(IClusterView cluster, IMarkerTransport transport, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Returns when all have it.</summary>
    /// <param name="coordinator">The term in which the caller coordinates.</param>
    public async Task EndAsync(TransactionState state, Term coordinator, CancellationToken cancellation)
    {
        // The caller holds a lock.
        await Task.Yield();
        ImmutableSortedSet<TopicPartition> left = state.Partitions;
        for (TimeSpan pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            left = await TryAsync(state, left, coordinator, cancellation);
            if (left.Count == 0)
                return;
            await Task.Delay(pause, time, cancellation);
        }
    }

    private async Task<ImmutableSortedSet<TopicPartition>> TryAsync(
        TransactionState state,
        ImmutableSortedSet<TopicPartition> partitions,
        Term coordinator,
        CancellationToken cancellation)
    {
        var calls = new SortedDictionary<BrokerId, List<(TopicPartition Partition, MarkerWish Wish)>>();
        var gone = new List<TopicPartition>();
        foreach (TopicPartition partition in partitions)
        {
            if (cluster.Image.FindTopic(partition.Topic) is not { } topic)
            {
                gone.Add(partition);
                continue;
            }

            LeaderView leader = cluster.LeaderOf(topic, partition.Partition);
            if (leader.Leader == BrokerId.None)
                continue;
            if (!calls.TryGetValue(leader.Leader, out var wishes))
                calls.Add(leader.Leader, wishes = []);
            wishes.Add((partition, WishOf(state, topic, partition, leader, coordinator)));
        }

        ImmutableSortedSet<TopicPartition>.Builder left = partitions.ToBuilder();
        IReadOnlyList<TopicPartition>[] ended = new IReadOnlyList<TopicPartition>[calls.Count];
        await Waiting.AllAsync(calls.Select(
            async (call, i) => ended[i] = await CallAsync(call.Key, call.Value, cancellation)));
        foreach (TopicPartition partition in ended.SelectMany(some => some))
            left.Remove(partition);
        if (gone.Count > 0)
            await ForgetAsync(gone, left, cancellation);
        return left.ToImmutable();
    }

    private async Task<IReadOnlyList<TopicPartition>> CallAsync(
        BrokerId leader,
        List<(TopicPartition Partition, MarkerWish Wish)> wishes,
        CancellationToken cancellation)
    {
        ImmutableArray<EndOutcome>? outcomes = await transport.CallAsync(
            leader, [.. wishes.Select(each => each.Wish)], Patience, cancellation);
        return outcomes is { } known
            ? [.. wishes.Where((_, i) => known[i] is EndOutcome.Ended or EndOutcome.Fenced)
                .Select(each => each.Partition)]
            : [];
    }

    // A broker that has just begun to coordinate may not have heard of a topic that exists.
    private async Task ForgetAsync(
        List<TopicPartition> gone, ImmutableSortedSet<TopicPartition>.Builder left, CancellationToken cancellation)
    {
        if (!await cluster.BarrierAsync(Patience, cancellation))
            return;
        foreach (TopicPartition partition in gone)
        {
            if (cluster.Image.FindTopic(partition.Topic) is null)
                left.Remove(partition);
        }
    }

    private static MarkerWish WishOf(
        TransactionState state, TopicImage topic, TopicPartition partition, LeaderView leader, Term coordinator) => new(
        new PartitionId(topic.Id, partition.Partition),
        leader.Epoch.Value,
        state.Producer.Value,
        state.Epoch,
        state.IsCommit,
        state.Number,
        coordinator.Value);
}
