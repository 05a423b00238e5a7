using Broker.Client.Connections;
using Broker.Client.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Consuming;

/// <summary>Turns positions into offsets by asking the partitions' leaders.</summary>
internal sealed class OffsetLookup(ClientOptions options, ConnectionPool pool, MetadataCache metadata)
{
    private const int NotChecked = -1;

    public async Task<int> PartitionCountAsync(string topic, CancellationToken token)
    {
        ClusterSnapshot snapshot = await metadata.GetAsync(topic, token).ConfigureAwait(false);
        return snapshot.Topics.TryGetValue(topic, out TopicSnapshot? known)
            ? known.Leaders.Length
            : throw new RequestException(ErrorCode.UnknownTopicOrPartition, $"topic '{topic}' can't be read");
    }

    public async Task<Offset> ResolveAsync(TopicPartition partition, StartPosition position, CancellationToken token)
    {
        if (position.Offset is { } offset)
        {
            return offset;
        }

        if (partition.Partition >= await PartitionCountAsync(partition.Topic, token).ConfigureAwait(false))
        {
            throw new RequestException(ErrorCode.UnknownTopicOrPartition, $"{partition} can't be read");
        }

        Offset found = await AskAsync(partition, position.Timestamp, token).ConfigureAwait(false);

        // No record is that young: begin behind the last one.
        return found.Value >= 0
            ? found
            : await AskAsync(partition, StartPosition.LatestTimestamp, token).ConfigureAwait(false);
    }

    private async Task<Offset> AskAsync(TopicPartition partition, long timestamp, CancellationToken token)
    {
        Backoff backoff = new(options);
        long giveUp = Deadlines.After(options, options.OperationTimeout);
        while (true)
        {
            (ErrorCode code, Offset offset) = await TryAskAsync(partition, timestamp, token).ConfigureAwait(false);
            if (code == ErrorCode.None)
            {
                return offset;
            }

            if (!Retriable.Is(code) || Deadlines.HasPassed(options, giveUp))
            {
                throw new RequestException(code, $"{partition} was not found a position in");
            }

            await Task.Delay(backoff.Next(), options.Clock, token).ConfigureAwait(false);
            await metadata.RefreshAsync(token).ConfigureAwait(false);
        }
    }

    private async Task<(ErrorCode Code, Offset Offset)> TryAskAsync(
        TopicPartition partition,
        long timestamp,
        CancellationToken token
    )
    {
        if (metadata.Current.AddressOfLeader(partition) is not { } address)
        {
            return (ErrorCode.LeaderNotAvailable, default);
        }

        ListOffsetsRequest request = new();
        ListOffsetsRequest.ListOffsetsTopic topic = request.Topics.Add();
        topic.Name = partition.Topic;
        ListOffsetsRequest.ListOffsetsPartition asked = topic.Partitions.Add();
        asked.PartitionIndex = partition.Partition;
        asked.CurrentLeaderEpoch = NotChecked;
        asked.Timestamp = timestamp;
        try
        {
            BrokerConnection connection = await pool.GetAsync(address, token).ConfigureAwait(false);
            ListOffsetsResponse response = await connection
                .SendAsync(request, options.RequestTimeout, token)
                .ConfigureAwait(false);
            ListOffsetsResponse.ListOffsetsPartitionResponse answer = response.Topics.Single().Partitions.Single();
            return (answer.ErrorCode, new Offset(answer.Offset));
        }
        catch (UnreachableException)
        {
            return (ErrorCode.LeaderNotAvailable, default);
        }
    }
}
