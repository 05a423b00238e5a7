using System.Threading.Channels;
using Broker.Client.Connections;
using Broker.Client.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Consuming;

/// <summary>
/// Keeps one fetch under way to each broker that leads assigned partitions, and passes on what comes. Positions move
/// when a response is passed on, so a slow reader slows the fetching and nothing else.
/// </summary>
internal sealed class Fetcher(
    ClientOptions options,
    ConsumerOptions settings,
    ConnectionPool pool,
    MetadataCache metadata,
    ChannelWriter<FetchedBatches> output,
    List<FetchPosition> positions
)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Dictionary<BrokerId, Task> _underWay = [];
    private bool _needsMetadata;

    public async Task RunAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                await StartFetchesAsync(token).ConfigureAwait(false);
                using CancellationTokenSource pause = CancellationTokenSource.CreateLinkedTokenSource(token);
                Task look = Task.Delay(NextLook(), options.Clock, pause.Token);
                Task ended = await Task.WhenAny([look, .. _underWay.Values]).ConfigureAwait(false);
                await pause.CancelAsync().ConfigureAwait(false);
                if (ended != look)
                {
                    await ended.ConfigureAwait(false);
                }

                token.ThrowIfCancellationRequested();
                foreach (
                    BrokerId done in _underWay
                        .Where(fetch => fetch.Value.IsCompleted)
                        .Select(fetch => fetch.Key)
                        .ToArray()
                )
                {
                    _underWay.Remove(done);
                }
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            output.TryComplete();
        }
        catch (Exception e) when (e is RequestException or ProtocolException)
        {
            output.TryComplete(e);
        }
    }

    private async Task StartFetchesAsync(CancellationToken token)
    {
        if (_needsMetadata)
        {
            _needsMetadata = false;
            await RefreshQuietlyAsync(token).ConfigureAwait(false);
        }

        long now = options.Clock.GetTimestamp();
        ClusterSnapshot snapshot = metadata.Current;
        foreach (
            IGrouping<BrokerId, FetchPosition> group in positions
                .Where(position => !position.IsBeingFetched && position.NotBefore <= now)
                .GroupBy(position => snapshot.LeaderOf(position.Partition)?.Broker ?? BrokerId.None)
                .ToArray()
        )
        {
            if (_underWay.ContainsKey(group.Key))
            {
                continue;
            }

            FetchPosition[] due = [.. group];
            if (snapshot.Brokers.TryGetValue(group.Key, out HostAndPort address))
            {
                Array.ForEach(due, position => position.IsBeingFetched = true);
                _underWay[group.Key] = FetchAsync(address, snapshot, due, token);
            }
            else
            {
                Array.ForEach(due, RetryLater);
                _needsMetadata = true;
            }
        }
    }

    private TimeSpan NextLook()
    {
        long now = options.Clock.GetTimestamp();
        long soonest = positions
            .Where(position => !position.IsBeingFetched)
            .Select(position => position.NotBefore)
            .DefaultIfEmpty(long.MaxValue)
            .Min();
        double seconds =
            soonest == long.MaxValue
                ? LookAgain.TotalSeconds
                : (soonest - now) / (double)options.Clock.TimestampFrequency;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0.001, LookAgain.TotalSeconds));
    }

    private async Task FetchAsync(
        HostAndPort address,
        ClusterSnapshot snapshot,
        FetchPosition[] due,
        CancellationToken token
    )
    {
        try
        {
            BrokerConnection connection = await pool.GetAsync(address, token).ConfigureAwait(false);
            FetchResponse response = await connection
                .SendAsync(RequestFor(snapshot, due), options.RequestTimeout + settings.MaxWait, token)
                .ConfigureAwait(false);
            await TakeAsync(snapshot, due, response, token).ConfigureAwait(false);
        }
        catch (UnreachableException)
        {
            Array.ForEach(due, RetryLater);
            _needsMetadata = true;
        }
        finally
        {
            Array.ForEach(due, position => position.IsBeingFetched = false);
        }
    }

    private async Task TakeAsync(
        ClusterSnapshot snapshot,
        FetchPosition[] due,
        FetchResponse response,
        CancellationToken token
    )
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            throw new RequestException(response.ErrorCode, "fetching failed");
        }

        Dictionary<TopicPartition, FetchPosition> wanted = due.ToDictionary(position => position.Partition);
        foreach (FetchResponse.FetchableTopicResponse topic in response.Responses)
        {
            string? name = string.IsNullOrEmpty(topic.Topic)
                ? snapshot.Topics.Values.FirstOrDefault(known => known.Id == topic.TopicId)?.Name
                : topic.Topic;
            foreach (FetchResponse.PartitionData data in topic.Partitions)
            {
                if (
                    name is not null
                    && wanted.TryGetValue(new TopicPartition(name, data.PartitionIndex), out FetchPosition? position)
                )
                {
                    await TakeAsync(position, data, response, token).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task TakeAsync(
        FetchPosition position,
        FetchResponse.PartitionData data,
        FetchResponse response,
        CancellationToken token
    )
    {
        if (data.ErrorCode != ErrorCode.None)
        {
            if (!Retriable.Is(data.ErrorCode))
            {
                throw new RequestException(
                    data.ErrorCode,
                    $"{position.Partition} can't be read at offset {position.Next}"
                );
            }

            if (TakeHint(position.Partition, data, response))
            {
                position.NotBefore = 0;
                return;
            }

            RetryLater(position);
            _needsMetadata |= Retriable.AsksForMetadata(data.ErrorCode);
            return;
        }

        position.Backoff = null;
        ReadOnlyMemory<byte> batches = data.Records.Memory;
        Offset next = FetchedBatches.NextOffset(batches, position.Next);
        if (next > position.Next)
        {
            FetchedBatches fetched = new(position.Partition, position.Next, batches);
            await output.WriteAsync(fetched, token).ConfigureAwait(false);
            position.Next = next;
        }
    }

    /// <summary>True: a newer leader was named.</summary>
    private bool TakeHint(TopicPartition partition, FetchResponse.PartitionData data, FetchResponse response)
    {
        if (data.CurrentLeader is not { } leader)
        {
            return false;
        }

        FetchResponse.NodeEndpoint? node = response.NodeEndpoints.FirstOrDefault(at => at.NodeId == leader.LeaderId);
        HostAndPort? address = node is null ? null : new HostAndPort(node.Host, node.Port);
        return metadata.Hint(partition, leader.LeaderId, leader.LeaderEpoch, address);
    }

    private void RetryLater(FetchPosition position)
    {
        Backoff backoff = position.Backoff ?? new Backoff(options);
        position.NotBefore = Deadlines.After(options, backoff.Next());
        position.Backoff = backoff;
    }

    private async Task RefreshQuietlyAsync(CancellationToken token)
    {
        try
        {
            await metadata.RefreshAsync(token).ConfigureAwait(false);
        }
        catch (UnreachableException)
        {
            _needsMetadata = true;
        }
    }

    private FetchRequest RequestFor(ClusterSnapshot snapshot, FetchPosition[] due)
    {
        FetchRequest request = new()
        {
            MaxWaitMs = (int)settings.MaxWait.TotalMilliseconds,
            MinBytes = 1,
            MaxBytes = settings.MaxBytes,
            SessionEpoch = -1,
        };
        foreach (IGrouping<string, FetchPosition> group in due.GroupBy(position => position.Partition.Topic))
        {
            FetchRequest.FetchTopic topic = request.Topics.Add();
            topic.Topic = group.Key;
            topic.TopicId = snapshot.Topics[group.Key].Id;
            foreach (FetchPosition position in group)
            {
                FetchRequest.FetchPartition partition = topic.Partitions.Add();
                partition.Partition = position.Partition.Partition;
                partition.CurrentLeaderEpoch = snapshot.LeaderOf(position.Partition)!.Value.Epoch.Value;
                partition.FetchOffset = position.Next.Value;
                partition.PartitionMaxBytes = settings.MaxPartitionBytes;
            }
        }

        return request;
    }
}
