using System.Buffers.Binary;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Protocol.Records;

namespace Broker.Simulation.Clients;

// A transfer is a transaction with one record in each of two partitions, and now and then an offset of a group. It is
// begun, written, and committed or aborted; or its client dies in the midst of it, and begins anew under the same id.
// What is promised:
//   a transfer that was answered as committed is in both partitions, once; one that was aborted is in none
//   whatever became of the others, each is in both partitions or in none, once
//   the offset that is fetched is that of the last committed transfer that had one
//   when faults have ended, nothing stays open

/// <summary>A transactional producer, and the reader who judges it.</summary>
internal sealed class TransferClient
{
    private const int Partitions = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly KafkaClient _client;
    private readonly TransferLog _log;
    private readonly Func<bool> _isOver;
    private readonly CommittedReader _reader;
    private readonly string _id;
    private readonly string _topic;
    private readonly int[] _sequences = new int[Partitions];
    private readonly SortedDictionary<long, Transfer> _transfers = [];
    private TopicId _topicId;
    private long _last;
    private ProducerId _producer = ProducerId.None;
    private short _epoch;

    public TransferClient(KafkaClient client, string id, Func<bool> isOver)
    {
        (_client, _id, _isOver) = (client, id, isOver);
        _topic = "transfers-of-" + id;
        _reader = new CommittedReader(client, _topic);
        _log = new TransferLog(client, id);
    }

    private sealed class Transfer
    {
        public bool HasOffset { get; set; }

        /// <summary>Null: not known.</summary>
        public bool? IsCommitted { get; set; }
    }

    public int Committed => _transfers.Values.Count(transfer => transfer.IsCommitted == true);

    public async Task RunAsync()
    {
        await CreateAsync();
        while (!_isOver())
        {
            if (_producer == ProducerId.None && !await InitAsync(_isOver))
                continue;
            await TransferAsync(_isOver);
            if (_client.Queue.Chance(0.1))
                await JudgeAsync(isLast: false);
            await _client.PauseAsync(20);
        }
    }

    /// <summary>One more transfer is committed, and all that was promised is there.</summary>
    public async Task VerifyAsync()
    {
        await CreateAsync(() => false);
        do
        {
            while (!await InitAsync(() => false))
                await _client.PauseAsync(20);
            await TransferAsync(() => false);
        }
        while (_transfers[_last].IsCommitted != true);
        while (!await JudgeAsync(isLast: true))
            await _client.PauseAsync(50);
    }

    private Task CreateAsync() => CreateAsync(_isOver);

    private async Task CreateAsync(Func<bool> isOver)
    {
        while (_topicId.IsEmpty && !isOver())
        {
            var request = new CreateTopicsRequest { TimeoutMs = 3000 };
            CreateTopicsRequest.CreatableTopic topic = request.Topics.Add();
            (topic.Name, topic.NumPartitions, topic.ReplicationFactor) = (_topic, Partitions, 3);
            try
            {
                BrokerId broker = _client.AnyBroker();
                KafkaLink link = await _client.LinkAsync(broker);
                await link.AskAsync(request, 7, Patience);
                if (await _client.DescribeAsync(_topic, broker) is { } found)
                    _topicId = found.TopicId;
            }
            catch (LinkLostException)
            {
                // Another broker is asked.
            }

            await _client.PauseAsync(50);
        }
    }

    private async Task<bool> InitAsync(Func<bool> isOver)
    {
        _producer = ProducerId.None;
        (_sequences[0], _sequences[1]) = (0, 0);
        while (!isOver())
        {
            var request = new InitProducerIdRequest { TransactionalId = _id, TransactionTimeoutMs = 3000 };
            if (_client.Queue.Chance(0.2))
                request.TransactionTimeoutMs = 300;
            if (await _log.AskAsync(request, 4) is { } answer)
            {
                if (answer.ErrorCode == ErrorCode.None)
                {
                    (_producer, _epoch) = (answer.ProducerId, answer.ProducerEpoch);
                    return true;
                }

                _log.Expect("InitProducerId", answer.ErrorCode, TransferLog.Later);
            }

            await _client.PauseAsync(40);
        }

        return false;
    }

    // Whatever fails is given up: the next InitProducerId ends it.
    private async Task TransferAsync(Func<bool> isOver)
    {
        long number = ++_last;
        var transfer = new Transfer { HasOffset = _client.Queue.Chance(0.5) };
        _transfers.Add(number, transfer);
        bool isWhole = await AddAsync(isOver);
        for (int i = 0; i < Partitions && isWhole; i++)
            isWhole = !_client.Queue.Chance(0.03) && await WriteAsync(i, number, isOver);
        if (isWhole && transfer.HasOffset)
            isWhole = await CommitOffsetAsync(number, isOver);
        if (!isWhole)
        {
            // Nobody has asked for it to be committed.
            (_producer, transfer.IsCommitted) = (ProducerId.None, false);
            return;
        }

        bool commits = _client.Queue.Chance(0.7);
        transfer.IsCommitted = commits ? null : false;
        if (_client.Queue.Chance(0.05))
            _ = _log.AskAsync(EndOf(commits), 3);
        else if (await EndAsync(commits, isOver) is { } isDone)
            transfer.IsCommitted = commits && isDone;
        if (transfer.IsCommitted is null || _client.Queue.Chance(0.05))
            _producer = ProducerId.None;
    }

    private async Task<bool> AddAsync(Func<bool> isOver)
    {
        var request = new AddPartitionsToTxnRequest
        {
            TransactionalId = _id,
            ProducerId = _producer,
            ProducerEpoch = _epoch,
        };
        AddPartitionsToTxnRequest.AddPartitionsToTxnTopic topic = request.Topics.Add();
        topic.Name = _topic;
        for (int i = 0; i < Partitions; i++)
            topic.Partitions.Add(i);
        return await UntilAsync("AddPartitionsToTxn", isOver, async () =>
            (await _log.AskAsync(request, 3))?.Results[0].Results[0].PartitionErrorCode) == ErrorCode.None;
    }

    private async Task<bool> WriteAsync(int index, long number, Func<bool> isOver)
    {
        var partition = new PartitionId(_topicId, index);
        byte[] value = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(value, number);
        using var builder = new RecordBatchBuilder();
        builder.Append(1_900_000_000_000, null, value);
        byte[] batch = builder.Build(_producer, _epoch, _sequences[index]++, isTransactional: true).ToArray();
        return await UntilAsync("Produce", isOver, async () =>
        {
            var request = new ProduceRequest { Acks = -1, TimeoutMs = 1500, TransactionalId = _id };
            ProduceRequest.TopicProduceData topic = request.TopicData.Add();
            topic.Name = _topic;
            ProduceRequest.PartitionProduceData data = topic.PartitionData.Add();
            (data.Index, data.Records) = (index, batch);
            return (await _log.AskLeaderAsync(partition, _topic, request, 9))
                ?.Responses[0].PartitionResponses[0].ErrorCode;
        }) == ErrorCode.None;
    }

    private async Task<bool> CommitOffsetAsync(long number, Func<bool> isOver)
    {
        var add = new AddOffsetsToTxnRequest
        {
            TransactionalId = _id,
            ProducerId = _producer,
            ProducerEpoch = _epoch,
            GroupId = _id,
        };
        if (await UntilAsync(
            "AddOffsetsToTxn", isOver, async () => (await _log.AskAsync(add, 3))?.ErrorCode) != ErrorCode.None)
        {
            return false;
        }

        var commit = new TxnOffsetCommitRequest
        {
            TransactionalId = _id,
            ProducerId = _producer,
            ProducerEpoch = _epoch,
            GroupId = _id,
        };
        TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic topic = commit.Topics.Add();
        topic.Name = _topic;
        topic.Partitions.Add().CommittedOffset = number;
        return await UntilAsync("TxnOffsetCommit", isOver, async () =>
            (await _log.AskGroupAsync(commit, 3))?.Topics[0].Partitions[0].ErrorCode) == ErrorCode.None;
    }

    // True: as asked; false: certainly aborted. Null: it was not known when time was over.
    private async Task<bool?> EndAsync(bool commits, Func<bool> isOver)
    {
        ErrorCode? error = await UntilAsync(
            "EndTxn", isOver, async () => (await _log.AskAsync(EndOf(commits), 3))?.ErrorCode);
        if (error is null)
            return null;
        if (error != ErrorCode.None)
            _producer = ProducerId.None;
        return error == ErrorCode.None;
    }

    private EndTxnRequest EndOf(bool commits) => new()
    {
        TransactionalId = _id,
        ProducerId = _producer,
        ProducerEpoch = _epoch,
        Committed = commits,
    };

    // Until it is answered for good; null if it is over before.
    private async Task<ErrorCode?> UntilAsync(string what, Func<bool> isOver, Func<Task<ErrorCode?>> ask)
    {
        while (!isOver())
        {
            ErrorCode? error = await ask();
            if (error is { } answer)
                _client.Note($"{what} of {_id} ({_producer}, {_epoch}) is answered with {answer}");
            if (error is { } known && !TransferLog.Later.Contains(known))
            {
                _log.Expect(what, known, TransferLog.Fenced);
                return known;
            }

            await _client.PauseAsync(20);
        }

        return null;
    }

    // False: not everything could be read.
    private async Task<bool> JudgeAsync(bool isLast)
    {
        var read = new List<long>[Partitions];
        for (int i = 0; i < Partitions; i++)
        {
            if (await _reader.ReadAsync(new PartitionId(_topicId, i)) is not { } found || (isLast && found.IsOpen))
                return false;
            read[i] = found.Numbers;
            Judge(i, found.Numbers, isLast);
        }

        if (!isLast)
            return true;
        if (!read[0].SequenceEqual(read[1]))
            _client.Complain($"{_id} has [{string.Join(' ', read[0])}] here and [{string.Join(' ', read[1])}] there");
        long expected = read[0].Where(number => _transfers[number].HasOffset).DefaultIfEmpty(-1).Last();
        if (await _log.FetchOffsetAsync(_topic) is not { } offset)
            return false;
        if (offset != expected)
            _client.Complain($"{_id} fetches offset {offset}; the last that was committed is {expected}");
        return true;
    }

    private void Judge(int partition, List<long> numbers, bool isLast)
    {
        var seen = new SortedSet<long>(numbers);
        if (seen.Count != numbers.Count || !seen.SequenceEqual(numbers))
            _client.Complain($"{_topic}-{partition} shows [{string.Join(' ', numbers)}]");
        foreach ((long number, Transfer transfer) in _transfers)
        {
            if (transfer.IsCommitted == false && seen.Contains(number))
                _client.Complain($"{_topic}-{partition} shows {number}, which was aborted");
            if (isLast && transfer.IsCommitted == true && !seen.Contains(number))
                _client.Complain($"{_topic}-{partition} lacks {number}, which was committed");
        }
    }
}
