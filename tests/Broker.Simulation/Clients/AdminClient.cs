using System.Globalization;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// Creates, grows and deletes topics, one after the other, and asks again until it is certain what became of each; so
/// it knows which topics there are, and what nobody may deny.
/// </summary>
internal sealed class AdminClient
{
    private const int MostTopics = 4;
    private const sbyte TopicResource = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly KafkaClient _client;
    private readonly List<TopicLedger> _topics;
    private readonly Func<bool> _namesAreFree;
    private readonly Func<bool> _isOver;
    private readonly List<string> _freeNames = [];
    private int _names;

    /// <param name="namesAreFree">
    /// Whether every broker has heard of all deletions: before that a name may still mean the topic that had it.
    /// </param>
    public AdminClient(KafkaClient client, List<TopicLedger> topics, Func<bool> namesAreFree, Func<bool> isOver)
    {
        _client = client;
        _topics = topics;
        _namesAreFree = namesAreFree;
        _isOver = isOver;
    }

    /// <summary>Topics have segments of a few KiB, and every third keeps only a few of them.</summary>
    public bool MakesShortLogs { get; init; }

    /// <summary>More than one where disks lose what they had.</summary>
    public int FewestReplicas { get; init; } = 1;

    private IReadOnlyList<TopicLedger> Present => [.. _topics.Where(topic => !topic.IsGoing)];

    public async Task RunAsync()
    {
        int pause = _client.Random.Next(50, 500);
        while (!_isOver())
        {
            int present = Present.Count;
            if (present == 0 || (present < MostTopics && _client.Queue.Chance(0.4)))
                await CreateAsync();
            else if (_client.Queue.Chance(0.2))
                await DeleteAsync(AnyTopic());
            else if (_client.Queue.Chance(0.3))
                await GrowAsync(AnyTopic());
            else
                await LookAsync(AnyTopic());
            await _client.PauseAsync(pause);
        }
    }

    /// <summary>Every broker names the topics that there are, and none that was deleted.</summary>
    public async Task LookAroundAsync(IReadOnlyList<BrokerId> brokers)
    {
        foreach (BrokerId broker in brokers)
        {
            foreach (TopicLedger topic in Present)
            {
                while (await TryAskAsync(() => _client.DescribeAsync(topic.Name, broker)) is not { Found: { } found }
                    || found.TopicId != topic.Id)
                {
                    await _client.PauseAsync(50);
                }
            }
        }
    }

    private TopicLedger AnyTopic() => Present[_client.Random.Next(Present.Count)];

    private string TakeName()
    {
        if (_freeNames.Count > 0 && _namesAreFree() && _client.Queue.Chance(0.7))
        {
            string again = _freeNames[0];
            _freeNames.RemoveAt(0);
            return again;
        }

        return string.Create(CultureInfo.InvariantCulture, $"topic-{++_names}");
    }

    private async Task CreateAsync()
    {
        string name = TakeName();
        int partitions = _client.Random.Next(1, 4);
        int replicas = _client.Random.Next(4) == 0 ? _client.Random.Next(1, 3) : 3;
        replicas = Math.Max(replicas, FewestReplicas);
        int minInSync = _client.Random.Next(1, Math.Min(replicas, 2) + 1);
        bool isRetained = MakesShortLogs && _client.Random.Next(3) == 0;
        bool mayExist = false;
        while (!_isOver())
        {
            BrokerId broker = _client.AnyBroker();
            CreateTopicsRequest request = CreationOf(name, partitions, replicas);
            Set(request, "min.insync.replicas", minInSync);
            if (MakesShortLogs)
                Set(request, "segment.bytes", 2048);
            if (isRetained)
                Set(request, "retention.bytes", 6000);
            CreateTopicsResponse? response = await AskAsync(broker, request, 7);
            CreateTopicsResponse.CreatableTopicResult? result = response?.Topics[0];
            bool isThere = result is { TopicId.IsEmpty: false }
                && result.ErrorCode is ErrorCode.None or ErrorCode.RequestTimedOut;
            TopicId id = isThere ? result!.TopicId : TopicId.Empty;
            if (result?.ErrorCode == ErrorCode.TopicAlreadyExists)
            {
                if (!mayExist)
                    _client.Complain($"broker {broker} says that {name} exists, and nobody created it");
                id = await FindIdAsync(name);
                if (id.IsEmpty)
                    return;
            }

            if (!id.IsEmpty)
            {
                var topic = new TopicLedger(name, id, replicas, minInSync) { IsRetained = isRetained };
                foreach (CreateTopicsRequest.CreatableTopicConfig config in request.Topics[0].Configs)
                    topic.Configs[config.Name] = new ConfigLedger(config.Value);
                topic.Grow(partitions);
                _topics.Add(topic);
                return;
            }

            mayExist |= result is null or { ErrorCode: ErrorCode.RequestTimedOut };
            CheckIsRetriable(result?.ErrorCode, $"CreateTopics of {name}: {result?.ErrorMessage}");
            await _client.PauseAsync(100);
        }
    }

    private static CreateTopicsRequest CreationOf(string name, int partitions, int replicas)
    {
        var request = new CreateTopicsRequest { TimeoutMs = 3000 };
        CreateTopicsRequest.CreatableTopic topic = request.Topics.Add();
        (topic.Name, topic.NumPartitions, topic.ReplicationFactor) = (name, partitions, (short)replicas);
        return request;
    }

    private static void Set(CreateTopicsRequest request, string name, int value)
    {
        CreateTopicsRequest.CreatableTopicConfig config = request.Topics[0].Configs.Add();
        (config.Name, config.Value) = (name, value.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<TopicId> FindIdAsync(string name)
    {
        while (!_isOver())
        {
            if (await TryAskAsync(() => _client.DescribeAsync(name, _client.AnyBroker())) is { Found: { } found })
                return found.TopicId;
            await _client.PauseAsync(50);
        }

        return TopicId.Empty;
    }

    private async Task DeleteAsync(TopicLedger topic)
    {
        topic.IsGoing = true;
        bool mayBeGone = false;
        while (!_isOver())
        {
            var request = new DeleteTopicsRequest { TimeoutMs = 2000 };
            bool byName = _client.Queue.Chance(0.5);
            DeleteTopicsRequest.DeleteTopicState state = request.Topics.Add();
            (state.Name, state.TopicId) = byName ? (topic.Name, TopicId.Empty) : (null, topic.Id);
            DeleteTopicsResponse? response = await AskAsync(_client.AnyBroker(), request, 6);
            ErrorCode? error = response?.Responses[0].ErrorCode;
            bool isUnknown = error is ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition;
            if (isUnknown && !mayBeGone)
                _client.Complain($"{topic} is to be deleted, and answered with {error}");
            if (error == ErrorCode.None || isUnknown)
            {
                topic.IsGone = true;

                // A try that nobody answered may come late, and would then mean whoever has the name.
                if (!mayBeGone)
                    _freeNames.Add(topic.Name);
                return;
            }

            mayBeGone = true;
            CheckIsRetriable(error, $"DeleteTopics of {topic}");
            await _client.PauseAsync(100);
        }
    }

    private async Task GrowAsync(TopicLedger topic)
    {
        int total = topic.Partitions.Count + 1;
        bool mayHaveGrown = false;
        while (!_isOver() && total < 6)
        {
            var request = new CreatePartitionsRequest { TimeoutMs = 2000 };
            CreatePartitionsRequest.CreatePartitionsTopic wish = request.Topics.Add();
            (wish.Name, wish.Count) = (topic.Name, total);
            CreatePartitionsResponse? response = await AskAsync(_client.AnyBroker(), request, 3);
            CreatePartitionsResponse.CreatePartitionsTopicResult? result = response?.Results[0];
            bool hasGrown = result?.ErrorCode == ErrorCode.InvalidPartitions && mayHaveGrown;
            if (hasGrown || result?.ErrorCode == ErrorCode.None)
            {
                topic.Grow(total);
                return;
            }

            mayHaveGrown |= result is null or { ErrorCode: ErrorCode.RequestTimedOut };
            CheckIsRetriable(result?.ErrorCode, $"CreatePartitions of {topic} to {total}: {result?.ErrorMessage}");
            await _client.PauseAsync(100);
        }
    }

    // DescribeConfigs is linearizable: nobody may deny a topic whose creation was answered.
    private async Task LookAsync(TopicLedger topic)
    {
        var request = new DescribeConfigsRequest();
        DescribeConfigsRequest.DescribeConfigsResource resource = request.Resources.Add();
        (resource.ResourceType, resource.ResourceName) = (TopicResource, topic.Name);
        BrokerId broker = _client.AnyBroker();
        DescribeConfigsResponse? response = await AskAsync(broker, request, 4);
        if (response?.Results[0].ErrorCode == ErrorCode.UnknownTopicOrPartition)
            _client.Complain($"broker {broker} denies {topic}");
        else
            CheckIsRetriable(response?.Results[0].ErrorCode, $"DescribeConfigs of {topic}");
    }

    private void CheckIsRetriable(ErrorCode? error, string what)
    {
        bool isFine = error is null or ErrorCode.None or ErrorCode.RequestTimedOut
            or ErrorCode.InvalidReplicationFactor;
        if (!isFine)
            _client.Complain($"{what} is answered with {error}");
    }

    private async Task<TResponse?> AskAsync<TResponse>(
        BrokerId broker, IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new() => (await TryAskAsync(async () =>
        {
            KafkaLink link = await _client.LinkAsync(broker);
            return await link.AskAsync(request, version, Patience);
        }))?.Found;

    // Null: nobody knows whether it was heard.
    private static async Task<Answer<T>?> TryAskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return new Answer<T>(await ask());
        }
        catch (LinkLostException)
        {
            return null;
        }
    }

    private sealed record Answer<T>(T Found);
}
