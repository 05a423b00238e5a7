using System.Buffers.Binary;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Protocol.Records;

namespace Broker.Simulation.Clients;

/// <summary>Reads what is committed of one partition, and leaves out what was aborted, as consumers do.</summary>
internal sealed class CommittedReader(KafkaClient client, string topic)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The first eight bytes of every record that is committed, as numbers, and whether a transaction is open behind
    /// them; null if nobody could be asked.
    /// </summary>
    public async Task<(List<long> Numbers, bool IsOpen)?> ReadAsync(PartitionId partition)
    {
        var numbers = new List<long>();
        var aborted = new HashSet<long>();
        long next = 0;
        while (true)
        {
            if (await FetchAsync(partition, next) is not { } answer)
                return null;
            if (answer.LastStableOffset > answer.HighWatermark)
                client.Complain($"{partition} is stable to {answer.LastStableOffset}, behind {answer.HighWatermark}");

            ReadOnlyMemory<byte> records = answer.Records.Memory;
            long before = next;
            while (records.Length > 0)
            {
                RecordBatchHeader batch = RecordBatchHeader.Read(records.Span);
                if (batch.LastOffset.Value >= answer.LastStableOffset)
                    client.Complain($"{partition} shows {batch.LastOffset}, stable is {answer.LastStableOffset}");
                Take(records[..(int)batch.SizeInBytes], batch, answer, aborted, numbers);
                next = batch.NextOffset.Value;
                records = records[(int)batch.SizeInBytes..];
            }

            if (next >= answer.LastStableOffset || next == before)
                return (numbers, answer.LastStableOffset < answer.HighWatermark);
        }
    }

    private static void Take(
        ReadOnlyMemory<byte> bytes,
        in RecordBatchHeader batch,
        FetchResponse.PartitionData answer,
        HashSet<long> aborted,
        List<long> numbers)
    {
        foreach (FetchResponse.AbortedTransaction transaction in answer.AbortedTransactions!)
        {
            if (transaction.FirstOffset >= batch.BaseOffset.Value && transaction.FirstOffset <= batch.LastOffset.Value)
                aborted.Add(transaction.ProducerId.Value);
        }

        if (batch.Attributes.IsControl)
        {
            aborted.Remove(batch.ProducerId.Value);
            return;
        }

        if (aborted.Contains(batch.ProducerId.Value))
            return;

        using var reader = new RecordBatchReader();
        reader.Open(bytes);
        while (reader.TryRead(out RecordView record))
            numbers.Add(BinaryPrimitives.ReadInt64BigEndian(record.Value));
    }

    private async Task<FetchResponse.PartitionData?> FetchAsync(PartitionId partition, long from)
    {
        var request = new FetchRequest { MaxBytes = client.Random.Next(100, 20_000), IsolationLevel = 1 };
        FetchRequest.FetchTopic wanted = request.Topics.Add();
        wanted.TopicId = partition.Topic;
        FetchRequest.FetchPartition part = wanted.Partitions.Add();
        (part.Partition, part.FetchOffset, part.PartitionMaxBytes) = (partition.Index, from, 20_000);
        (part.CurrentLeaderEpoch, part.LastFetchedEpoch) = (-1, -1);
        try
        {
            if (client.LeaderOf(partition).Leader == BrokerId.None)
                await client.DescribeAsync(topic, client.AnyBroker());
            BrokerId leader = client.LeaderOf(partition).Leader;
            if (leader == BrokerId.None)
                return null;

            KafkaLink link = await client.LinkAsync(leader);
            FetchResponse response = await link.AskAsync(request, 13, Patience);
            FetchResponse.PartitionData answer = response.Responses[0].Partitions[0];
            if (answer.ErrorCode == ErrorCode.None)
                return answer;
        }
        catch (LinkLostException)
        {
            // Another one may lead by now.
        }

        client.Forget(partition);
        return null;
    }
}
