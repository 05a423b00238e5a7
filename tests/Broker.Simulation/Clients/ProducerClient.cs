using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// Writes to one partition after the other. Idempotent, it keeps up to five batches under way and asks again for what
/// was not answered with a success, in order, as librdkafka and Kafka's own client do; else each batch has one try.
/// </summary>
internal sealed class ProducerClient
{
    private const int MostUnderWay = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    private readonly KafkaClient _client;
    private readonly ClientInvariantSet _invariants;
    private readonly Func<PartitionLedger?> _choose;
    private readonly Func<bool> _isOver;

    public ProducerClient(
        KafkaClient client, ClientInvariantSet invariants, Func<PartitionLedger?> choose, Func<bool> isOver)
    {
        _client = client;
        _invariants = invariants;
        _choose = choose;
        _isOver = isOver;
    }

    public int Acknowledged { get; private set; }

    public async Task RunAsync()
    {
        while (!_isOver())
        {
            if (_choose() is not { } partition)
                await _client.PauseAsync(50);
            else if (_client.Queue.Chance(0.7))
                await WriteIdempotentAsync(partition, _client.Random.Next(1, 40), _isOver);
            else
                await WritePlainAsync(partition, _client.Random.Next(1, 10));
        }
    }

    /// <summary>False: the partition's topic is gone, or it is over, and not all was stored.</summary>
    public async Task<bool> WriteIdempotentAsync(PartitionLedger partition, int batches, Func<bool> isOver)
    {
        if (await InitAsync(isOver) is not { } producer)
            return false;

        var waiting = new Queue<ClientBatch>();
        (int sequence, int left) = (0, batches);
        while ((left > 0 || waiting.Count > 0) && !isOver() && !partition.Topic.IsGoing)
        {
            while (left > 0 && waiting.Count < MostUnderWay)
            {
                var batch = new ClientBatch(partition.Id, producer, sequence, acks: -1, _client.Random);
                sequence += batch.Count;
                left--;
                _invariants.Offered(batch);
                waiting.Enqueue(batch);
            }

            int before = waiting.Count;
            await SendAllAsync(partition, [.. waiting]);
            while (waiting.TryPeek(out ClientBatch? first) && first.AcknowledgedAt is not null)
                waiting.Dequeue();
            await _client.PauseAsync(waiting.Count == before ? 60 : 5);
        }

        EndWith(partition, waiting);
        return left == 0 && waiting.Count == 0;
    }

    private async Task WritePlainAsync(PartitionLedger partition, int batches)
    {
        for (int i = 0; i < batches && !_isOver() && !partition.Topic.IsGoing; i++)
        {
            short acks = _client.Queue.Chance(0.7) ? (short)-1 : (short)1;
            var batch = new ClientBatch(partition.Id, null, -1, acks, _client.Random);
            _invariants.Offered(batch);
            await SendAllAsync(partition, [batch]);
            EndWith(partition, [batch]);
            await _client.PauseAsync(10);
        }
    }

    // What is given up now, and was answered "not written" every time, must never be seen.
    private void EndWith(PartitionLedger partition, IEnumerable<ClientBatch> left)
    {
        foreach (ClientBatch batch in left.Where(batch => batch is { AcknowledgedAt: null, MayBeWritten: false }))
            _invariants.Refused(partition, batch);
    }

    private async Task<ProducerId?> InitAsync(Func<bool> isOver)
    {
        while (!isOver())
        {
            try
            {
                KafkaLink link = await _client.LinkAsync(_client.AnyBroker());
                InitProducerIdResponse response =
                    await link.AskAsync(new InitProducerIdRequest(), 4, TimeSpan.FromSeconds(3));
                if (response.ErrorCode == ErrorCode.None)
                {
                    _invariants.ProducerGiven(response.ProducerId);
                    return response.ProducerId;
                }

                if (response.ErrorCode != ErrorCode.CoordinatorLoadInProgress)
                    _client.Complain($"InitProducerId is answered with {response.ErrorCode}");
            }
            catch (LinkLostException)
            {
                // Another broker is asked.
            }

            await _client.PauseAsync(50);
        }

        return null;
    }

    private async Task SendAllAsync(PartitionLedger partition, IReadOnlyList<ClientBatch> batches)
    {
        if (await FindLeaderAsync(partition) is not { } link)
            return;

        List<Task> asked = [.. batches
            .Where(batch => batch.AcknowledgedAt is null || _client.Queue.Chance(0.02))
            .Select(batch => SendAsync(link, partition, batch))];
        foreach (Task one in asked)
            await one;
    }

    private async Task<KafkaLink?> FindLeaderAsync(PartitionLedger partition)
    {
        try
        {
            if (_client.LeaderOf(partition.Id).Leader == BrokerId.None)
                await _client.DescribeAsync(partition.Topic.Name, _client.AnyBroker());

            // Now and then somebody asks who led before, or never did.
            BrokerId leader = _client.Queue.Chance(0.02) ? _client.AnyBroker() : _client.LeaderOf(partition.Id).Leader;
            return leader == BrokerId.None ? null : await _client.LinkAsync(leader);
        }
        catch (LinkLostException)
        {
            _client.Forget(partition.Id);
            return null;
        }
    }

    private async Task SendAsync(KafkaLink link, PartitionLedger partition, ClientBatch batch)
    {
        var request = new ProduceRequest { Acks = batch.Acks, TimeoutMs = _client.Random.Next(200, 2000) };
        ProduceRequest.TopicProduceData topic = request.TopicData.Add();
        topic.Name = partition.Topic.Name;
        ProduceRequest.PartitionProduceData data = topic.PartitionData.Add();
        (data.Index, data.Records) = (partition.Id.Index, batch.Bytes);
        try
        {
            ProduceResponse response = await link.AskAsync(request, 12, Patience + TimeSpan.FromSeconds(1));
            Hear(partition, batch, response.Responses[0].PartitionResponses[0]);
        }
        catch (LinkLostException)
        {
            batch.MayBeWritten = true;
            _client.Forget(partition.Id);
        }
    }

    private void Hear(
        PartitionLedger partition, ClientBatch batch, ProduceResponse.PartitionProduceResponse answer)
    {
        if (_client.Queue.Trace.IsOn)
            _client.Note($"{batch}: {answer.ErrorCode} at {answer.BaseOffset} {answer.ErrorMessage}");
        switch (answer.ErrorCode)
        {
            case ErrorCode.None:
                Succeeded(partition, batch, new Offset(answer.BaseOffset));
                return;
            case ErrorCode.NotLeaderOrFollower:
                _client.Forget(partition.Id);
                if (answer.CurrentLeader is { } leader)
                    _client.Heard(partition.Id, leader.LeaderId, leader.LeaderEpoch);
                return;
            case ErrorCode.KafkaStorageError or ErrorCode.NotEnoughReplicas:
            case ErrorCode.UnknownTopicOrPartition:
                _client.Forget(partition.Id);
                return;
            case ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend:
                batch.MayBeWritten = true;
                return;
            case ErrorCode.OutOfOrderSequenceNumber when !IsNext(partition, batch):
                return;
            default:
                _client.Complain($"{batch} is answered with {answer.ErrorCode}: {answer.ErrorMessage}");
                return;
        }
    }

    private void Succeeded(PartitionLedger partition, ClientBatch batch, Offset offset)
    {
        if (batch.Acks != -1)
        {
            batch.MayBeWritten = true;
            return;
        }

        if (batch.AcknowledgedAt is { } before && before != offset)
            _client.Complain($"{batch} was acknowledged at {before}, and again at {offset}");
        if (batch.AcknowledgedAt is not null)
            return;

        Acknowledged++;
        _invariants.Acknowledged(partition, batch, offset);
    }

    // All before it were acknowledged, so nothing can be missing before it.
    private static bool IsNext(PartitionLedger partition, ClientBatch batch) =>
        batch.FirstSequence == partition.Acknowledged
            .Where(other => other.Producer == batch.Producer)
            .Sum(other => other.Count);
}
