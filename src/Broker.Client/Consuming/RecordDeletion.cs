using Broker.Client.Connections;
using Broker.Client.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Consuming;

/// <summary>Asks a partition's leader to let it begin later.</summary>
internal sealed class RecordDeletion(ClientOptions options, ConnectionPool pool, MetadataCache metadata)
{
    private const long ToHighWatermark = -1;

    public async Task<Offset> DeleteAsync(TopicPartition partition, Offset? before, CancellationToken token)
    {
        string refused = $"records of {partition} were not deleted";
        Backoff backoff = new(options);
        long giveUp = Deadlines.After(options, options.OperationTimeout);
        while (true)
        {
            ClusterSnapshot snapshot = await metadata.GetAsync(partition.Topic, token).ConfigureAwait(false);
            bool isThere = snapshot.Topics.TryGetValue(partition.Topic, out TopicSnapshot? topic)
                && (uint)partition.Partition < (uint)topic.Leaders.Length;
            if (!isThere)
            {
                throw new RequestException(ErrorCode.UnknownTopicOrPartition, refused);
            }

            (ErrorCode code, Offset start) = await TryAsync(snapshot, partition, before, token).ConfigureAwait(false);
            if (code == ErrorCode.None)
            {
                return start;
            }

            if (!MayRepeat(code, before) || Deadlines.HasPassed(options, giveUp))
            {
                throw new RequestException(code, code == ErrorCode.RequestTimedOut
                    ? $"it is not known whether records of {partition} are deleted"
                    : refused);
            }

            await Task.Delay(backoff.Next(), options.Clock, token).ConfigureAwait(false);
            await metadata.RefreshAsync(token).ConfigureAwait(false);
        }
    }

    // To delete up to an offset once more changes nothing. Up to the end of then and of now is not the same.
    private static bool MayRepeat(ErrorCode code, Offset? before) =>
        Retriable.Is(code) && (before is not null || code != ErrorCode.RequestTimedOut);

    private async Task<(ErrorCode Code, Offset Start)> TryAsync(
        ClusterSnapshot snapshot, TopicPartition partition, Offset? before, CancellationToken token)
    {
        if (snapshot.AddressOfLeader(partition) is not { } address)
        {
            return (ErrorCode.LeaderNotAvailable, default);
        }

        DeleteRecordsRequest request = new() { TimeoutMs = (int)(options.RequestTimeout.TotalMilliseconds * 0.8) };
        DeleteRecordsRequest.DeleteRecordsTopic topic = request.Topics.Add();
        topic.Name = partition.Topic;
        DeleteRecordsRequest.DeleteRecordsPartition asked = topic.Partitions.Add();
        asked.PartitionIndex = partition.Partition;
        asked.Offset = before?.Value ?? ToHighWatermark;
        BrokerConnection connection;
        try
        {
            connection = await pool.GetAsync(address, token).ConfigureAwait(false);
        }
        catch (UnreachableException)
        {
            return (ErrorCode.LeaderNotAvailable, default);
        }

        try
        {
            DeleteRecordsResponse response = await connection
                .SendAsync(request, options.RequestTimeout, token)
                .ConfigureAwait(false);
            DeleteRecordsResponse.DeleteRecordsPartitionResult result = response.Topics.Single().Partitions.Single();
            return (result.ErrorCode, new Offset(result.LowWatermark));
        }
        catch (UnreachableException)
        {
            return (ErrorCode.RequestTimedOut, default);
        }
    }
}
