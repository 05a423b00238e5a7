using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Controller;

namespace Broker.Server.Elections;

/// <inheritdoc cref="IElections"/>
internal sealed class PreferredElections(
    IClusterView view, MetadataWatch watch, LedHere led, IElectionTransport transport, TimeProvider time) : IElections
{
    public async Task<ImmutableArray<ElectionOutcome>> ElectPreferredAsync(
        ImmutableArray<PartitionId> partitions, TimeSpan timeout, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        var outcomes = new ElectionOutcome[partitions.Length];
        var wishes = new SortedDictionary<BrokerId, List<(int At, Handover Wish)>>();
        for (int i = 0; i < partitions.Length; i++)
        {
            outcomes[i] = Judge(partitions[i], out BrokerId leader, out BrokerId preferred);
            if (outcomes[i] != ElectionOutcome.Elected)
                continue;
            if (!wishes.TryGetValue(leader, out List<(int At, Handover Wish)>? list))
                wishes.Add(leader, list = []);
            list.Add((i, new Handover(partitions[i], preferred)));
        }

        await Waiting.AllAsync(wishes.Select(each => AskAsync(each.Key, each.Value, outcomes, timeout, cancellation)));
        List<Handover> granted = [.. wishes.Values.SelectMany(list => list)
            .Where(each => outcomes[each.At] == ElectionOutcome.Elected).Select(each => each.Wish)];
        if (!await watch.UntilAsync(_ => granted.TrueForAll(IsLed), timeout - time.GetElapsedTime(began), cancellation))
            TellUnseen(partitions, outcomes);
        return [.. outcomes];
    }

    /// <summary>Elected: the leader is to be asked for it.</summary>
    private ElectionOutcome Judge(PartitionId id, out BrokerId leader, out BrokerId preferred)
    {
        leader = preferred = BrokerId.None;
        if (view.Image.FindTopic(id.Topic) is not { } topic || (uint)id.Index >= (uint)topic.Partitions.Count)
            return ElectionOutcome.UnknownPartition;

        leader = view.LeaderOf(topic, id.Index).Leader;
        preferred = view.Image.PreferredLeader(topic.Partitions[id.Index]);
        if (leader == preferred)
            return ElectionOutcome.NotNeeded;
        return leader == BrokerId.None || !view.IsAlive(preferred)
            ? ElectionOutcome.PreferredNotAvailable
            : ElectionOutcome.Elected;
    }

    private async Task AskAsync(
        BrokerId leader,
        List<(int At, Handover Wish)> wishes,
        ElectionOutcome[] outcomes,
        TimeSpan timeout,
        CancellationToken cancellation)
    {
        ImmutableArray<Handover> asked = [.. wishes.Select(each => each.Wish)];
        ImmutableArray<ElectionOutcome>? answers = leader == view.Self
            ? await led.GiveAsync(asked, cancellation)
            : await transport.CallAsync(leader, asked, timeout, cancellation);
        for (int i = 0; i < wishes.Count; i++)
            outcomes[wishes[i].At] = answers?[i] ?? ElectionOutcome.TimedOut;
    }

    private bool IsLed(Handover handover) =>
        view.Image.FindTopic(handover.Partition.Topic) is not { } topic
        || view.LeaderOf(topic, handover.Partition.Index).Leader == handover.To;

    private void TellUnseen(ImmutableArray<PartitionId> partitions, ElectionOutcome[] outcomes)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            bool seen = view.Image.FindPartition(partitions[i]) is { } partition
                && IsLed(new Handover(partitions[i], view.Image.PreferredLeader(partition)));
            if (outcomes[i] == ElectionOutcome.Elected && !seen)
                outcomes[i] = ElectionOutcome.TimedOut;
        }
    }
}
