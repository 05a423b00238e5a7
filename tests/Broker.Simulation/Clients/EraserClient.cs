using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// Deletes records below offsets that it has heard of, and a little beyond, and now and then all; alone, so that it
/// knows what may be gone.
/// </summary>
internal sealed class EraserClient(
    KafkaClient client, ClientInvariantSet invariants, Func<PartitionLedger?> choose, Func<bool> isOver)
{
    private const long ToHighWatermark = -1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public async Task RunAsync()
    {
        int pause = client.Random.Next(20, 400);
        while (!isOver())
        {
            if (choose() is { } partition)
                await EraseAsync(partition);
            await client.PauseAsync(pause);
        }
    }

    private async Task EraseAsync(PartitionLedger partition)
    {
        long known = partition.HighWatermarks.Values.DefaultIfEmpty().Max().Value;
        long offset = client.Queue.Chance(0.1) ? ToHighWatermark : client.Queue.Draw(0, known + 3);
        Offset before = partition.MayBeGoneBelow;
        partition.MayBeGoneBelow = offset == ToHighWatermark
            ? new Offset(long.MaxValue)
            : Offset.Max(before, new Offset(offset));
        client.Note($"wants {partition} to begin at {offset}");
        if (await TryAskAsync(partition, offset) is not { } result)
            return;

        client.Note($"is told {result.ErrorCode}, {result.LowWatermark}");
        if (result.ErrorCode == ErrorCode.RequestTimedOut)
            return;

        // What was refused was not done, and what was done went as far as is said.
        var start = new Offset(result.LowWatermark);
        bool isDone = result.ErrorCode == ErrorCode.None;
        partition.MayBeGoneBelow = isDone ? Offset.Max(before, start) : before;
        if (isDone)
            Done(partition, offset, start);
        else
            Judge(partition, result.ErrorCode, offset);
    }

    private void Done(PartitionLedger partition, long offset, Offset start)
    {
        if (start.Value < offset)
            client.Complain($"{partition} was to begin at {offset}, and the answer is {start}");
        if (offset != ToHighWatermark && start.Value > offset && !partition.MayLack(start - 1))
            client.Complain($"{partition} was to begin at {offset}, and begins at {start}");
        invariants.LogStartHeard(partition, client.Name, start);
        partition.DeletedBelow = Offset.Max(partition.DeletedBelow, start);
    }

    private void Judge(PartitionLedger partition, ErrorCode error, long offset)
    {
        bool mayBe = error is ErrorCode.NotLeaderOrFollower or ErrorCode.ThrottlingQuotaExceeded
            || (error is ErrorCode.UnknownTopicOrPartition && !partition.Topic.IsGone)
            || (error is ErrorCode.OffsetOutOfRange && offset > 0);
        if (!mayBe && !partition.Topic.IsGoing)
            client.Complain($"DeleteRecords of {partition} up to {offset} is answered with {error}");
    }

    private async Task<DeleteRecordsResponse.DeleteRecordsPartitionResult?> TryAskAsync(
        PartitionLedger partition, long offset)
    {
        var request = new DeleteRecordsRequest { TimeoutMs = (int)client.Queue.Draw(100, 3000) };
        DeleteRecordsRequest.DeleteRecordsTopic topic = request.Topics.Add();
        topic.Name = partition.Topic.Name;
        DeleteRecordsRequest.DeleteRecordsPartition wish = topic.Partitions.Add();
        (wish.PartitionIndex, wish.Offset) = (partition.Id.Index, offset);
        try
        {
            if (client.LeaderOf(partition.Id).Leader == BrokerId.None)
                await client.DescribeAsync(partition.Topic.Name, client.AnyBroker());
            BrokerId leader = client.LeaderOf(partition.Id).Leader;
            if (leader == BrokerId.None)
                return null;

            KafkaLink link = await client.LinkAsync(leader);
            DeleteRecordsResponse response = await link.AskAsync(request, 2, Patience);
            DeleteRecordsResponse.DeleteRecordsPartitionResult result = response.Topics[0].Partitions[0];
            if (result.ErrorCode != ErrorCode.None)
                client.Forget(partition.Id);
            return result;
        }
        catch (LinkLostException)
        {
            client.Forget(partition.Id);
            return null;
        }
    }
}
