using System.Net.Sockets;
using System.Text;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Protocol.Records;
using Xunit;

namespace Broker.Server.Tests.Node;

/// <summary>Writes and reads a topic of one partition as a Kafka client does, and goes after its leader.</summary>
internal sealed class TopicClient(NodeCluster cluster, string topic) : IDisposable
{
    public const short ProduceVersion = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<long, string> _acknowledged = [];
    private KafkaClient? _client;
    private NodeUnderTest? _node;
    private ProducerId _producer = ProducerId.None;
    private short _epoch = -1;
    private int _sequence = -1;

    /// <summary>What was acknowledged, by offset.</summary>
    public IReadOnlyDictionary<long, string> Acknowledged => _acknowledged;

    public async Task BecomeIdempotentAsync()
    {
        InitProducerIdResponse response = await RetryAsync(
            client => client.AskAsync(new InitProducerIdRequest { TransactionTimeoutMs = 60_000 }, 4),
            response => response.ErrorCode);
        (_producer, _epoch, _sequence) = (response.ProducerId, response.ProducerEpoch, 0);
    }

    /// <summary>Sends each value again until it is acknowledged.</summary>
    public async Task ProduceAsync(string name, int count, short acks = -1)
    {
        for (int i = 0; i < count; i++)
        {
            string value = $"{name} {i}";
            ProduceRequest request = RequestFor(topic, value, acks, _producer, _epoch, _sequence);
            ProduceResponse response = await RetryAsync(
                client => client.AskAsync(request, ProduceVersion), answer => AnswerIn(answer).ErrorCode);
            _acknowledged.Add(AnswerIn(response).BaseOffset, value);
            _sequence += _sequence < 0 ? 0 : 1;
        }
    }

    /// <summary>All values from the beginning to the high watermark, by offset.</summary>
    public async Task<IReadOnlyList<string>> ReadAllAsync()
    {
        List<string> values = [];
        while (true)
        {
            FetchRequest request = FetchFrom(values.Count);
            FetchResponse response = await RetryAsync(
                client => client.AskAsync(request, 11), answer => PartIn(answer).ErrorCode);
            FetchResponse.PartitionData part = PartIn(response);
            Add(part.Records.Memory, values);
            if (values.Count >= part.HighWatermark)
                return values;
        }
    }

    public static ProduceRequest RequestFor(
        string topic, string value, short acks, ProducerId producer, short epoch, int sequence)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(1_700_000_000_000, null, Encoding.UTF8.GetBytes(value));
        byte[] batch = builder.Build(producer, epoch, sequence).ToArray();
        var request = new ProduceRequest { Acks = acks, TimeoutMs = 5000 };
        ProduceRequest.TopicProduceData data = request.TopicData.Add();
        data.Name = topic;
        data.PartitionData.Add().Records = new RecordBytes(batch);
        return request;
    }

    public static ProduceResponse.PartitionProduceResponse AnswerIn(ProduceResponse response) =>
        Assert.Single(Assert.Single(response.Responses).PartitionResponses);

    public void Dispose() => _client?.Dispose();

    private static FetchResponse.PartitionData PartIn(FetchResponse response) =>
        Assert.Single(Assert.Single(response.Responses).Partitions);

    private FetchRequest FetchFrom(long offset)
    {
        var request = new FetchRequest { MaxWaitMs = 100, MinBytes = 1, MaxBytes = 1 << 20 };
        FetchRequest.FetchTopic wanted = request.Topics.Add();
        wanted.Topic = topic;
        FetchRequest.FetchPartition partition = wanted.Partitions.Add();
        partition.FetchOffset = offset;
        partition.PartitionMaxBytes = 1 << 20;
        return request;
    }

    private static void Add(ReadOnlyMemory<byte> records, List<string> values)
    {
        using var reader = new RecordBatchReader();
        while (records.Length > 0)
        {
            reader.Open(records);
            Assert.Equal(new Offset(values.Count), reader.Header.BaseOffset);
            while (reader.TryRead(out RecordView record))
                values.Add(Encoding.UTF8.GetString(record.Value));
            records = records[(int)reader.Header.SizeInBytes..];
        }
    }

    // Whoever leads is asked, again and again: what a stock client does, without its pauses growing.
    private async Task<TResponse> RetryAsync<TResponse>(
        Func<KafkaClient, Task<TResponse>> ask, Func<TResponse, ErrorCode> errorOf)
    {
        using var limit = new CancellationTokenSource(Patience);
        ErrorCode last = ErrorCode.None;
        while (!limit.IsCancellationRequested)
        {
            try
            {
                if (await ConnectAsync())
                {
                    TResponse response = await ask(_client!);
                    last = errorOf(response);
                    if (last == ErrorCode.None)
                        return response;
                    Assert.True(IsRetriable(last), $"{last} is no answer to try again on");
                }
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                _client?.Dispose();
                _client = null;
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"no success within {Patience}; last {last}");
    }

    private async Task<bool> ConnectAsync()
    {
        NodeUnderTest? leader = cluster.LeaderOf(topic);
        if (leader is null)
            return false;
        if (_client is null || _node != leader)
        {
            _client?.Dispose();
            _client = await KafkaClient.ConnectAsync(leader.Address);
            _node = leader;
        }

        return true;
    }

    private static bool IsRetriable(ErrorCode error) => error is ErrorCode.NotLeaderOrFollower
        or ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable or ErrorCode.OffsetNotAvailable
        or ErrorCode.KafkaStorageError or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress;
}
