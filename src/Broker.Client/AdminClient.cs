using Broker.Client.Connections;
using Broker.Client.Consuming;
using Broker.Client.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client;

/// <summary>
/// Creates, describes, alters and deletes topics, deletes their records, moves their replicas, and describes the
/// cluster. Any thread.
/// </summary>
public sealed class AdminClient
{
    private readonly ClientOptions _options;
    private readonly ConnectionPool _pool;
    private readonly MetadataCache _metadata;
    private readonly RecordDeletion _deletion;
    private readonly ConfigChanges _configs;

    internal AdminClient(ClientOptions options, ConnectionPool pool, MetadataCache metadata)
    {
        _options = options;
        _pool = pool;
        _metadata = metadata;
        _deletion = new RecordDeletion(options, pool, metadata);
        _configs = new ConfigChanges(this);
    }

    /// <summary>Creates a topic and returns when its partitions have leaders.</summary>
    /// <exception cref="RequestException">It was refused; nothing was created.</exception>
    /// <exception cref="UnreachableException">The connection broke on the way; the topic may have been
    /// created.</exception>
    public async Task<TopicId> CreateTopicAsync(string name, TopicSettings settings, CancellationToken token = default)
    {
        CreateTopicsRequest request = new() { TimeoutMs = TimeoutMs };
        CreateTopicsRequest.CreatableTopic topic = request.Topics.Add();
        topic.Name = name;
        topic.NumPartitions = settings.Partitions ?? -1;
        topic.ReplicationFactor = settings.ReplicationFactor ?? -1;
        foreach ((string key, string? value) in settings.Configs.OrderBy(config => config.Key, StringComparer.Ordinal))
        {
            CreateTopicsRequest.CreatableTopicConfig config = topic.Configs.Add();
            config.Name = key;
            config.Value = value;
        }

        CreateTopicsResponse response = await SendToControllerAsync(
                request,
                answer => answer.Topics.Count == 1 ? answer.Topics[0].ErrorCode : ErrorCode.None,
                token
            )
            .ConfigureAwait(false);
        CreateTopicsResponse.CreatableTopicResult result = response.Topics.Single();
        ThrowIfFailed(result.ErrorCode, $"topic '{name}' was not created", result.ErrorMessage);
        return result.TopicId;
    }

    /// <summary>
    /// Changes single configs of a topic; what is not named stays. On return they are written down, and the brokers'
    /// running partitions follow within moments.
    /// </summary>
    /// <param name="name">The topic's.</param>
    /// <param name="configs">What they are to be, by names as in Kafka's topic configuration.</param>
    /// <param name="deleted">Those that go back to their defaults.</param>
    /// <param name="token">Ends the wait; the change may be made all the same.</param>
    /// <exception cref="RequestException">
    /// It was refused, and nothing was changed; or, with <see cref="ErrorCode.RequestTimedOut"/>, what came of it is
    /// not known.
    /// </exception>
    /// <exception cref="UnreachableException">The connection broke on the way; the change may have been
    /// made.</exception>
    public Task AlterTopicConfigsAsync(
        string name,
        IReadOnlyDictionary<string, string?> configs,
        IReadOnlyCollection<string> deleted,
        CancellationToken token = default) => _configs.AlterAsync(name, configs, deleted, token);

    /// <exception cref="RequestException">It was refused; nothing was deleted.</exception>
    /// <exception cref="UnreachableException">The connection broke on the way; the topic may have been
    /// deleted.</exception>
    public async Task DeleteTopicAsync(string name, CancellationToken token = default)
    {
        DeleteTopicsRequest request = new() { TimeoutMs = TimeoutMs };
        request.Topics.Add().Name = name;
        request.TopicNames.Add(name);
        DeleteTopicsResponse response = await SendToControllerAsync(
                request,
                answer => answer.Responses.Count == 1 ? answer.Responses[0].ErrorCode : ErrorCode.None,
                token
            )
            .ConfigureAwait(false);
        DeleteTopicsResponse.DeletableTopicResult result = response.Responses.Single();
        ThrowIfFailed(result.ErrorCode, $"topic '{name}' was not deleted", result.ErrorMessage);
    }

    /// <summary>
    /// Deletes a partition's records below an offset, for good: from the answer on nobody who asks its leader reads
    /// them. Needs a topic whose <c>cleanup.policy</c> deletes.
    /// </summary>
    /// <param name="partition">Of which topic, and which of its partitions.</param>
    /// <param name="before">The first record that stays; null: none of those that are committed now.</param>
    /// <param name="token">Ends the wait; the records may be deleted all the same.</param>
    /// <returns>
    /// Where the partition begins now: further on than asked for, if it did so already. It never goes back.
    /// </returns>
    /// <exception cref="RequestException">
    /// It was refused, and nothing was deleted; or, with <see cref="ErrorCode.RequestTimedOut"/>, what came of it is
    /// not known.
    /// </exception>
    public Task<Offset> DeleteRecordsAsync(
        TopicPartition partition, Offset? before, CancellationToken token = default) =>
        _deletion.DeleteAsync(partition, before, token);

    /// <summary>All topics, by name.</summary>
    public async Task<IReadOnlyList<TopicDescription>> ListTopicsAsync(CancellationToken token = default)
    {
        MetadataResponse response = await AskAnyAsync(new MetadataRequest { Topics = null }, token)
            .ConfigureAwait(false);
        return
        [
            .. response
                .Topics.Where(topic => topic.ErrorCode == ErrorCode.None)
                .Select(Describe)
                .OrderBy(topic => topic.Name, StringComparer.Ordinal),
        ];
    }

    /// <exception cref="RequestException">There is no such topic.</exception>
    public async Task<TopicDescription> DescribeTopicAsync(string name, CancellationToken token = default)
    {
        MetadataRequest request = new() { AllowAutoTopicCreation = false };
        request.Topics!.Add().Name = name;
        MetadataResponse response = await AskAnyAsync(request, token).ConfigureAwait(false);
        MetadataResponse.MetadataResponseTopic topic = response.Topics.Single();
        ThrowIfFailed(topic.ErrorCode, $"topic '{name}' can't be described", null);
        return Describe(topic);
    }

    /// <exception cref="RequestException">There is no such partition.</exception>
    public async Task<PartitionDescription> DescribePartitionAsync(
        TopicPartition asked, CancellationToken token = default)
    {
        TopicDescription topic = await DescribeTopicAsync(asked.Topic, token).ConfigureAwait(false);
        return topic.Partitions.FirstOrDefault(each => each.Index == asked.Partition)
            ?? throw new RequestException(
                ErrorCode.UnknownTopicOrPartition,
                $"{asked.Topic}/{asked.Partition} can't be described",
                $"the partitions of {asked.Topic} are 0 to {topic.Partitions.Count - 1}");
    }

    public async Task<ClusterDescription> DescribeClusterAsync(CancellationToken token = default)
    {
        DescribeClusterResponse response = await AskAnyAsync(new DescribeClusterRequest(), token).ConfigureAwait(false);
        ThrowIfFailed(response.ErrorCode, "the cluster can't be described", response.ErrorMessage);
        return new ClusterDescription(
            response.ClusterId,
            response.ControllerId,
            [
                .. response
                    .Brokers.OrderBy(broker => broker.BrokerId)
                    .Select(broker => new BrokerDescription(
                        broker.BrokerId,
                        new HostAndPort(broker.Host, broker.Port),
                        broker.Rack
                    )),
            ]
        );
    }

    /// <summary>The topic's settings that differ from the defaults or were set for it, by name.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> DescribeTopicConfigsAsync(
        string name,
        CancellationToken token = default
    )
    {
        const sbyte topicResource = 2;
        const sbyte setForTheTopic = 1;
        DescribeConfigsRequest request = new();
        DescribeConfigsRequest.DescribeConfigsResource resource = request.Resources.Add();
        resource.ResourceType = topicResource;
        resource.ResourceName = name;
        resource.ConfigurationKeys = null;
        DescribeConfigsResponse response = await AskAnyAsync(request, token).ConfigureAwait(false);
        DescribeConfigsResponse.DescribeConfigsResult result = response.Results.Single();
        ThrowIfFailed(result.ErrorCode, $"topic '{name}' can't be described", result.ErrorMessage);
        return result
            .Configs.Where(config => config.ConfigSource == setForTheTopic)
            .OrderBy(config => config.Name, StringComparer.Ordinal)
            .ToDictionary(config => config.Name, config => config.Value, StringComparer.Ordinal);
    }

    /// <summary>
    /// Has a partition's replicas moved; returns when that is written down, and
    /// <see cref="ListReassignmentsAsync"/> tells how it goes.
    /// </summary>
    /// <param name="replicas">
    /// The brokers that are to have it, the preferred leader first; null to go back to where it was before.
    /// </param>
    /// <exception cref="RequestException">It was refused; nothing moves.</exception>
    /// <exception cref="UnreachableException">The connection broke on the way; it may have been begun.</exception>
    public async Task ReassignAsync(
        string topic, int partition, IReadOnlyList<BrokerId>? replicas, CancellationToken token = default)
    {
        AlterPartitionReassignmentsRequest request = new() { TimeoutMs = TimeoutMs };
        AlterPartitionReassignmentsRequest.ReassignableTopic named = request.Topics.Add();
        named.Name = topic;
        AlterPartitionReassignmentsRequest.ReassignablePartition wish = named.Partitions.Add();
        wish.PartitionIndex = partition;
        wish.Replicas = replicas is null ? null : [.. replicas];
        AlterPartitionReassignmentsResponse response = await SendToControllerAsync(
                request, answer => answer.ErrorCode, token)
            .ConfigureAwait(false);
        ThrowIfFailed(response.ErrorCode, $"{topic}/{partition} was not moved", response.ErrorMessage);
        AlterPartitionReassignmentsResponse.ReassignablePartitionResponse result =
            response.Responses.Single().Partitions.Single();
        ThrowIfFailed(result.ErrorCode, $"{topic}/{partition} was not moved", result.ErrorMessage);
    }

    /// <summary>All partitions whose replicas are being moved, by topic and index.</summary>
    public async Task<IReadOnlyList<ReassignmentDescription>> ListReassignmentsAsync(CancellationToken token = default)
    {
        ListPartitionReassignmentsResponse response = await AskAnyAsync(
                new ListPartitionReassignmentsRequest { TimeoutMs = TimeoutMs, Topics = null }, token)
            .ConfigureAwait(false);
        ThrowIfFailed(response.ErrorCode, "reassignments can't be listed", response.ErrorMessage);
        return
        [
            .. from topic in response.Topics.OrderBy(topic => topic.Name, StringComparer.Ordinal)
               from move in topic.Partitions.OrderBy(move => move.PartitionIndex)
               select new ReassignmentDescription(
                   topic.Name,
                   move.PartitionIndex,
                   [.. move.Replicas],
                   [.. move.AddingReplicas],
                   [.. move.RemovingReplicas]),
        ];
    }

    /// <summary>What the broker may take; less than this side waits, so that its answer still arrives.</summary>
    private int TimeoutMs => (int)(_options.RequestTimeout.TotalMilliseconds * 0.8);

    internal async Task<TResponse> AskAnyAsync<TResponse>(IRequestFor<TResponse> request, CancellationToken token)
        where TResponse : class, IResponse, new()
    {
        UnreachableException? last = null;
        foreach (HostAndPort address in _metadata.Addresses())
        {
            try
            {
                BrokerConnection connection = await _pool.GetAsync(address, token).ConfigureAwait(false);
                return await connection.SendAsync(request, _options.RequestTimeout, token).ConfigureAwait(false);
            }
            catch (UnreachableException e)
            {
                last = e;
            }
        }

        throw last ?? new UnreachableException("no broker's address is known");
    }

    /// <summary>
    /// Sends to the controller, and again where it was refused for a reason that passes and says that nothing was
    /// done. Once sent and unanswered it is not repeated: the answer to a repetition would not tell what the first
    /// one did.
    /// </summary>
    private async Task<TResponse> SendToControllerAsync<TResponse>(
        IRequestFor<TResponse> request,
        Func<TResponse, ErrorCode> codeOf,
        CancellationToken token
    )
        where TResponse : class, IResponse, new()
    {
        Backoff backoff = new(_options);
        long giveUp = Deadlines.After(_options, _options.OperationTimeout);
        while (true)
        {
            BrokerConnection connection = await ConnectToControllerAsync(token).ConfigureAwait(false);
            TResponse response = await connection
                .SendAsync(request, _options.RequestTimeout, token)
                .ConfigureAwait(false);
            if (
                codeOf(response) is not (ErrorCode.NotController or ErrorCode.CoordinatorNotAvailable)
                || Deadlines.HasPassed(_options, giveUp)
            )
            {
                return response;
            }

            await Task.Delay(backoff.Next(), _options.Clock, token).ConfigureAwait(false);
            await _metadata.RefreshAsync(token).ConfigureAwait(false);
        }
    }

    private async Task<BrokerConnection> ConnectToControllerAsync(CancellationToken token)
    {
        ClusterSnapshot snapshot = _metadata.Current;
        IEnumerable<HostAndPort> addresses = snapshot.Brokers.TryGetValue(
            snapshot.Controller,
            out HostAndPort controller
        )
            ? _metadata.Addresses().Prepend(controller)
            : _metadata.Addresses();
        UnreachableException? last = null;
        foreach (HostAndPort address in addresses)
        {
            try
            {
                return await _pool.GetAsync(address, token).ConfigureAwait(false);
            }
            catch (UnreachableException e)
            {
                last = e;
            }
        }

        throw last ?? new UnreachableException("no broker's address is known");
    }

    private static TopicDescription Describe(MetadataResponse.MetadataResponseTopic topic) =>
        new(
            topic.Name ?? "",
            topic.TopicId,
            topic.IsInternal,
            [
                .. topic
                    .Partitions.OrderBy(partition => partition.PartitionIndex)
                    .Select(partition => new PartitionDescription(
                        partition.PartitionIndex,
                        partition.LeaderId,
                        new Term(partition.LeaderEpoch),
                        [.. partition.ReplicaNodes],
                        [.. partition.IsrNodes],
                        [.. partition.OfflineReplicas]
                    )),
            ]
        );

    internal static void ThrowIfFailed(ErrorCode code, string what, string? message)
    {
        if (code != ErrorCode.None)
        {
            throw new RequestException(code, what, message);
        }
    }
}
