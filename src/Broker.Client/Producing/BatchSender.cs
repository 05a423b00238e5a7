using Broker.Client.Connections;
using Broker.Client.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Producing;

/// <summary>
/// The one loop that takes batches from the queues and sends them, one request for each leader; answers are handled
/// as they come. A batch that failed in a way that passes goes back to the front of its queue under the same
/// sequence.
/// </summary>
internal sealed class BatchSender(
    ClientOptions options, ProducerOptions settings, ConnectionPool pool, MetadataCache metadata, BatchQueues queues)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private ProducerIdentity _identity = ProducerIdentity.None;
    private Backoff _backoff = new(options);

    public async Task RunAsync(CancellationToken token)
    {
        Dictionary<BrokerId, List<PartitionQueue>> ready = [];
        try
        {
            while (true)
            {
                ClusterSnapshot snapshot = metadata.Current;
                SendPlan plan = queues.Collect(snapshot, _identity, ready);
                foreach ((BrokerId broker, List<PartitionQueue> batches) in ready)
                {
                    _ = SendAsync(snapshot.Brokers[broker], batches);
                }

                ready.Clear();
                if (plan.NeedsIdentity || plan.NeedsMetadata)
                {
                    await PrepareAsync(plan, token).ConfigureAwait(false);
                }
                else
                {
                    // Looks now and then even if nothing is due, so that what waits too long expires.
                    long again = Deadlines.After(options, LookAgain);
                    await queues.WaitAsync(Math.Min(plan.NextLook ?? again, again), token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The producer was closed; it has flushed before.
        }
    }

    private async Task PrepareAsync(SendPlan plan, CancellationToken token)
    {
        try
        {
            if (plan.NeedsIdentity && await NewIdentityAsync(token).ConfigureAwait(false) is { } identity)
            {
                _identity = identity;
                _backoff = new Backoff(options);
                return;
            }

            await metadata.RefreshAsync(token).ConfigureAwait(false);
        }
        catch (UnreachableException)
        {
            // No broker answers at present. The batches stay and expire if that lasts.
        }

        await Task.Delay(_backoff.Next(), options.Clock, token).ConfigureAwait(false);
    }

    private async Task<ProducerIdentity?> NewIdentityAsync(CancellationToken token)
    {
        InitProducerIdRequest request = new() { TransactionTimeoutMs = int.MaxValue };
        foreach (HostAndPort address in metadata.Addresses())
        {
            try
            {
                BrokerConnection connection = await pool.GetAsync(address, token).ConfigureAwait(false);
                InitProducerIdResponse response = await connection
                    .SendAsync(request, options.RequestTimeout, token).ConfigureAwait(false);
                if (response.ErrorCode == ErrorCode.None)
                {
                    return new ProducerIdentity(response.ProducerId, response.ProducerEpoch);
                }
            }
            catch (UnreachableException)
            {
                // The next one may answer.
            }
        }

        return null;
    }

    private async Task SendAsync(HostAndPort address, List<PartitionQueue> batches)
    {
        ProduceRequest request = RequestFor(batches);
        ProduceResponse? response = null;
        bool sent = false;
        try
        {
            BrokerConnection connection = await pool.GetAsync(address, CancellationToken.None).ConfigureAwait(false);
            sent = true;
            if (settings.Acks == Acks.None)
            {
                await connection.SendOnlyAsync(request, CancellationToken.None).ConfigureAwait(false);
                batches.ForEach(queue => queues.Complete(queue, new Offset(-1)));
                return;
            }

            response = await connection
                .SendAsync(request, options.RequestTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnreachableException or RequestException or ObjectDisposedException)
        {
            HandleLost(batches, e, sent);
            if (e is UnreachableException)
            {
                await RefreshQuietlyAsync().ConfigureAwait(false);
            }

            return;
        }

        if (Handle(batches, response))
        {
            await RefreshQuietlyAsync().ConfigureAwait(false);
        }
    }

    private void HandleLost(List<PartitionQueue> batches, Exception cause, bool sent)
    {
        foreach (PartitionQueue queue in batches)
        {
            queue.InFlight!.MayBeWritten |= sent;
            if (cause is UnreachableException)
            {
                queues.Requeue(queue);
            }
            else
            {
                queues.Fail(queue, cause, abandonIdentity: true);
            }
        }
    }

    /// <summary>True if somebody else leads, and the answer did not say who.</summary>
    private bool Handle(List<PartitionQueue> batches, ProduceResponse response)
    {
        Dictionary<TopicPartition, ProduceResponse.PartitionProduceResponse> answers = [];
        foreach (ProduceResponse.TopicProduceResponse topic in response.Responses)
        {
            foreach (ProduceResponse.PartitionProduceResponse partition in topic.PartitionResponses)
            {
                answers[new TopicPartition(topic.Name, partition.Index)] = partition;
            }
        }

        bool refresh = false;
        foreach (PartitionQueue queue in batches)
        {
            refresh |= answers.TryGetValue(queue.Partition, out ProduceResponse.PartitionProduceResponse? answer)
                ? Handle(queue, answer, response)
                : HandleMissing(queue);
        }

        return refresh;
    }

    private bool Handle(PartitionQueue queue, ProduceResponse.PartitionProduceResponse answer, ProduceResponse response)
    {
        ErrorCode code = answer.ErrorCode;
        if (code is ErrorCode.None or ErrorCode.DuplicateSequenceNumber)
        {
            queues.Complete(queue, new Offset(code == ErrorCode.None ? answer.BaseOffset : -1));
            return false;
        }

        if (!Retriable.Is(code) || (code is ErrorCode.CorruptMessage or ErrorCode.UnknownTopicId))
        {
            RequestException refused = new(code, $"{queue.Partition} refused the records", answer.ErrorMessage);
            queues.Fail(queue, refused, abandonIdentity: true);
            return false;
        }

        queue.InFlight!.MayBeWritten |= code is ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend
            or ErrorCode.NotLeaderOrFollower;
        bool isNewer = TakeHint(queue.Partition, answer, response, out bool hinted);
        queues.Requeue(queue, atOnce: isNewer);
        return !hinted && Retriable.AsksForMetadata(code);
    }

    private bool HandleMissing(PartitionQueue queue)
    {
        queue.InFlight!.MayBeWritten = true;
        queues.Requeue(queue);
        return true;
    }

    private bool TakeHint(
        TopicPartition partition,
        ProduceResponse.PartitionProduceResponse answer,
        ProduceResponse response,
        out bool hinted)
    {
        hinted = answer.CurrentLeader is { LeaderId.Value: >= 0 };
        if (!hinted)
        {
            return false;
        }

        ProduceResponse.LeaderIdAndEpoch leader = answer.CurrentLeader!;

        HostAndPort? address = null;
        foreach (ProduceResponse.NodeEndpoint node in response.NodeEndpoints)
        {
            if (node.NodeId == leader.LeaderId)
            {
                address = new HostAndPort(node.Host, node.Port);
            }
        }

        return metadata.Hint(partition, leader.LeaderId, leader.LeaderEpoch, address);
    }

    private async Task RefreshQuietlyAsync()
    {
        try
        {
            await metadata.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
            queues.Wake();
        }
        catch (UnreachableException)
        {
            // The batch is tried again anyway, and asks again then.
        }
    }

    private ProduceRequest RequestFor(List<PartitionQueue> batches)
    {
        ProduceRequest request = new()
        {
            Acks = (short)settings.Acks,
            TimeoutMs = (int)options.RequestTimeout.TotalMilliseconds,
        };
        foreach (IGrouping<string, PartitionQueue> topic in batches.GroupBy(queue => queue.Partition.Topic))
        {
            ProduceRequest.TopicProduceData data = request.TopicData.Add();
            data.Name = topic.Key;
            foreach (PartitionQueue queue in topic)
            {
                ProduceRequest.PartitionProduceData partition = data.PartitionData.Add();
                partition.Index = queue.Partition.Partition;
                partition.Records = queue.InFlight!.Bytes;
            }
        }

        return request;
    }
}
