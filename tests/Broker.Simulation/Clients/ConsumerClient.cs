using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Protocol.Records;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// Reads one partition after the other: from the beginning, from the end, or from where another has been; by long
/// polls, at whoever leads.
/// </summary>
internal sealed class ConsumerClient
{
    private const long Latest = -1;
    private const long Earliest = -2;

    private readonly KafkaClient _client;
    private readonly ClientInvariantSet _invariants;
    private readonly Func<PartitionLedger?> _choose;
    private readonly Func<bool> _isOver;
    private readonly Func<int, bool> _canElect;
    private readonly FetchSessions _sessions = new();

    /// <param name="canElect">Whether so many brokers live that a partition with so many replicas is led.</param>
    public ConsumerClient(
        KafkaClient client,
        ClientInvariantSet invariants,
        Func<PartitionLedger?> choose,
        Func<bool> isOver,
        Func<int, bool> canElect)
    {
        _canElect = canElect;
        _client = client;
        _invariants = invariants;
        _choose = choose;
        _isOver = isOver;
    }

    /// <summary>Every other fetch goes by a session with the broker.</summary>
    public bool UsesSessions { get; init; }

    public async Task RunAsync()
    {
        while (!_isOver())
        {
            if (_choose() is { } partition)
                await ReadSomeAsync(partition);
            else
                await _client.PauseAsync(50);
        }
    }

    /// <summary>All that a partition holds, and where it begins.</summary>
    public async Task<(Offset Start, List<SeenBatch> Content)> ReadWholeAsync(PartitionLedger partition)
    {
        var content = new List<SeenBatch>();
        Offset start = Offset.Zero, next = Offset.Zero;
        Offset? end = null;
        while (end is null || next < end)
        {
            if (await FetchAsync(partition, next, 0) is { } answer)
            {
                end = answer.HighWatermark;
                content.AddRange(answer.Batches);
                next = answer.Batches.Count > 0 ? answer.Batches[^1].NextOffset : next;
                continue;
            }

            // It may begin later, by now.
            await _client.PauseAsync(50);
            if (partition.MayLack(next) && await FindAsync(partition, Earliest) is { } earliest && earliest > next)
            {
                content.Clear();
                start = next = earliest;
            }
        }

        return (start, content);
    }

    private async Task ReadSomeAsync(PartitionLedger partition)
    {
        Offset? at = _client.Random.Next(4) switch
        {
            0 => await FindAsync(partition, Latest),
            1 => await FindAsync(partition, Earliest),
            2 => partition.HighWatermarks.GetValueOrDefault(_client.Name),
            _ => Offset.Zero,
        };
        if (at is not { } next)
        {
            await _client.PauseAsync(50);
            return;
        }

        for (int left = _client.Random.Next(1, 30); left > 0 && !_isOver() && !partition.Topic.IsGoing; left--)
        {
            if (await FetchAsync(partition, next, _client.Random.Next(0, 500)) is not { } answer)
                await _client.PauseAsync(50);
            else if (answer.Batches.Count > 0)
                next = answer.Batches[^1].NextOffset;
        }
    }

    // Linearizable: the latest offset covers every batch that was acknowledged before it was asked for, and the
    // earliest every deletion.
    private async Task<Offset?> FindAsync(PartitionLedger partition, long timestamp)
    {
        Offset deleted = partition.DeletedBelow;
        Offset known = partition.Acknowledged.Count == 0
            ? Offset.Zero
            : partition.Acknowledged.Max(batch => batch.AcknowledgedAt!.Value + batch.Count);
        var request = new ListOffsetsRequest();
        ListOffsetsRequest.ListOffsetsTopic topic = request.Topics.Add();
        topic.Name = partition.Topic.Name;
        ListOffsetsRequest.ListOffsetsPartition wanted = topic.Partitions.Add();
        (wanted.PartitionIndex, wanted.Timestamp) = (partition.Id.Index, timestamp);
        if (await AskAsync(partition, request, 7) is not { } response)
            return null;

        ListOffsetsResponse.ListOffsetsPartitionResponse answer = response.Topics[0].Partitions[0];
        if (answer.ErrorCode != ErrorCode.None)
        {
            Hear(partition, answer.ErrorCode, "ListOffsets", Offset.Zero);
            return null;
        }

        bool isTopic = !partition.Topic.IsGoing;
        if (isTopic && timestamp == Latest && answer.Offset < known.Value)
            _client.Complain($"the latest offset of {partition} is {answer.Offset}, and {known} was acknowledged");
        if (isTopic && timestamp == Earliest && answer.Offset < deleted.Value)
            _client.Complain($"the earliest offset of {partition} is {answer.Offset}, and {deleted} was answered");
        if (isTopic && timestamp == Earliest && answer.Offset > 0 && !partition.MayLack(new Offset(answer.Offset - 1)))
            _client.Complain($"the earliest offset of {partition} is {answer.Offset}");
        return new Offset(answer.Offset);
    }

    private async Task<(Offset HighWatermark, List<SeenBatch> Batches)?> FetchAsync(
        PartitionLedger partition, Offset from, int maxWait)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = maxWait,
            MinBytes = _client.Random.Next(4) == 0 ? _client.Random.Next(1, 2000) : 1,
            MaxBytes = _client.Random.Next(100, 20_000),
        };
        FetchRequest.FetchTopic topic = request.Topics.Add();
        topic.TopicId = partition.Id.Topic;
        FetchRequest.FetchPartition wanted = topic.Partitions.Add();
        (wanted.Partition, wanted.FetchOffset) = (partition.Id.Index, from.Value);
        wanted.PartitionMaxBytes = _client.Random.Next(100, 20_000);
        wanted.LastFetchedEpoch = EpochBefore(partition, from);
        bool isFenced = _client.Queue.Chance(0.7);
        bool isBySession = UsesSessions && _client.Queue.Chance(0.5);
        BrokerId broker = BrokerId.None;
        void Prepare(BrokerId leader)
        {
            wanted.CurrentLeaderEpoch = isFenced ? _client.LeaderOf(partition.Id).Epoch : -1;
            if (isBySession)
                _sessions.Prepare(broker = leader, request, partition, from.Value);
        }

        if (await AskAsync(partition, request, 13, Prepare) is not { } response)
        {
            _sessions.Lost(broker);
            return null;
        }

        FetchResponse.PartitionData? found =
            isBySession ? TakeNews(broker, response) : response.Responses[0].Partitions[0];
        return found is null ? null : Take(partition, from, found, isFenced);
    }

    // What a full answer would have told of the partition; null if the session is over.
    private FetchResponse.PartitionData? TakeNews(BrokerId broker, FetchResponse response)
    {
        if (response.ErrorCode is not (ErrorCode.None or ErrorCode.FetchSessionIdNotFound))
            _client.Complain($"a fetch by a session with broker {broker} is answered with {response.ErrorCode}");
        if (_sessions.Take(broker, response) is not { } views)
            return response.ErrorCode == ErrorCode.None ? response.Responses[0].Partitions[0] : null;

        foreach (FetchSessions.View view in views.SkipLast(1))
        {
            if (view.Told is { ErrorCode: ErrorCode.None, DivergingEpoch: null } told)
            {
                List<SeenBatch> batches = Cut(told.Records.Memory);
                _invariants.Fetched(view.Partition, null, new Offset(view.From), view.HighWatermark, batches);
            }
        }

        FetchSessions.View own = views[^1];
        return own.Told ?? new FetchResponse.PartitionData
        {
            HighWatermark = own.HighWatermark.Value,
            LogStartOffset = own.LogStart.Value,
            Records = RecordBytes.Empty,
        };
    }

    private (Offset HighWatermark, List<SeenBatch> Batches)? Take(
        PartitionLedger partition, Offset from, FetchResponse.PartitionData answer, bool isFenced)
    {
        if (answer.ErrorCode != ErrorCode.None)
        {
            Hear(partition, answer.ErrorCode, "Fetch", from);
            if (answer.CurrentLeader is { } leader)
                _client.Heard(partition.Id, leader.LeaderId, leader.LeaderEpoch);
            return null;
        }

        if (answer.DivergingEpoch is { EndOffset: >= 0 })
            _client.Complain($"what was read of {partition} below {from} is said to diverge");
        List<SeenBatch> batches = Cut(answer.Records.Memory);
        var highWatermark = new Offset(answer.HighWatermark);
        string? asked = isFenced && _canElect(partition.Topic.Replicas) ? _client.Name : null;
        _invariants.Fetched(partition, asked, from, highWatermark, batches);
        if (asked is not null)
            _invariants.LogStartHeard(partition, asked, new Offset(answer.LogStartOffset));
        return (highWatermark, batches);
    }

    private static List<SeenBatch> Cut(ReadOnlyMemory<byte> records)
    {
        var batches = new List<SeenBatch>();
        while (records.Length > 0)
        {
            int size = (int)RecordBatchHeader.Read(records.Span).SizeInBytes;
            batches.Add(SeenBatch.Of(records.Span[..size]));
            records = records[size..];
        }

        return batches;
    }

    private int EpochBefore(PartitionLedger partition, Offset from)
    {
        if (_client.Queue.Chance(0.5))
            return -1;

        foreach (SeenBatch seen in partition.Seen.Values)
        {
            if (seen.NextOffset == from)
                return seen.Epoch;
        }

        return -1;
    }

    private async Task<TResponse?> AskAsync<TResponse>(
        PartitionLedger partition, IRequestFor<TResponse> request, short version, Action<BrokerId>? prepare = null)
        where TResponse : class, IResponse, new()
    {
        try
        {
            if (_client.LeaderOf(partition.Id).Leader == BrokerId.None)
                await _client.DescribeAsync(partition.Topic.Name, _client.AnyBroker());
            BrokerId leader = _client.Queue.Chance(0.05) ? _client.AnyBroker() : _client.LeaderOf(partition.Id).Leader;
            if (leader == BrokerId.None)
                return null;

            KafkaLink link = await _client.LinkAsync(leader);
            prepare?.Invoke(leader);
            return await link.AskAsync(request, version, TimeSpan.FromSeconds(2));
        }
        catch (LinkLostException)
        {
            _client.Forget(partition.Id);
            return null;
        }
    }

    private void Hear(PartitionLedger partition, ErrorCode error, string what, Offset from)
    {
        _client.Forget(partition.Id);
        bool mayBe = error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch
            or ErrorCode.UnknownLeaderEpoch or ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId
            or ErrorCode.LeaderNotAvailable or ErrorCode.OffsetNotAvailable or ErrorCode.RequestTimedOut;
        mayBe |= error == ErrorCode.OffsetOutOfRange && partition.MayLack(from);
        if (!mayBe && !partition.Topic.IsGoing)
            _client.Complain($"{what} of {partition} from {from} is answered with {error}");
    }
}
