using System.Collections.Frozen;
using Broker.Client.Connections;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Metadata;

/// <summary>
/// What the client knows of the cluster: asked for when something is missing or was found wrong, corrected by the
/// hints in error responses (KIP-951). Many callers that ask at once share one request. Any thread.
/// </summary>
internal sealed class MetadataCache(ClientOptions options, ConnectionPool pool)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<string> _topics = new(StringComparer.Ordinal);
    private ClusterSnapshot _current = ClusterSnapshot.Empty;
    private Task<ClusterSnapshot>? _refreshing;
    private int _nextAsked;

    public ClusterSnapshot Current => Volatile.Read(ref _current);

    /// <summary>A snapshot that knows the topic, young enough.</summary>
    public async ValueTask<ClusterSnapshot> GetAsync(string topic, CancellationToken token)
    {
        ClusterSnapshot current = Current;
        if (current.Topics.ContainsKey(topic) && options.Clock.GetUtcNow() - current.TakenAt < options.MetadataMaxAge)
        {
            return current;
        }

        lock (_lock)
        {
            if (_topics.Add(topic))
            {
                _refreshing = null; // one that is under way does not ask for this topic
            }
        }

        return await RefreshAsync(token).ConfigureAwait(false);
    }

    /// <summary>Asks the cluster again, together with whoever asks now.</summary>
    /// <exception cref="UnreachableException">No broker answered.</exception>
    public Task<ClusterSnapshot> RefreshAsync(CancellationToken token)
    {
        Task<ClusterSnapshot> refreshing;
        lock (_lock)
        {
            if (_refreshing is null || _refreshing.IsCompleted)
            {
                _refreshing = AskAsync([.. _topics]);
            }

            refreshing = _refreshing;
        }

        return refreshing.WaitAsync(token);
    }

    /// <summary>
    /// Takes over a leader that an error response named. True: it is a newer one, worth to be asked at once.
    /// </summary>
    public bool Hint(TopicPartition partition, BrokerId leader, int epoch, HostAndPort? address)
    {
        lock (_lock)
        {
            if (_current.LeaderOf(partition) is not { } known || epoch <= known.Epoch.Value || leader.Value < 0)
            {
                return false;
            }

            TopicSnapshot topic = _current.Topics[partition.Topic];
            PartitionLeader next = new(leader, new Term(epoch));
            topic = topic with { Leaders = topic.Leaders.SetItem(partition.Partition, next) };
            Dictionary<string, TopicSnapshot> topics = new(_current.Topics, StringComparer.Ordinal)
            {
                [topic.Name] = topic,
            };
            Dictionary<BrokerId, HostAndPort> brokers = new(_current.Brokers);
            if (address is { } at)
            {
                brokers[leader] = at;
            }

            Volatile.Write(
                ref _current,
                new ClusterSnapshot(
                    brokers.ToFrozenDictionary(),
                    topics.ToFrozenDictionary(StringComparer.Ordinal),
                    _current.Controller,
                    _current.TakenAt
                )
            );
            return brokers.ContainsKey(leader);
        }
    }

    /// <summary>Every address that may answer: the brokers that are known, then those from the configuration.</summary>
    public IEnumerable<HostAndPort> Addresses()
    {
        HostAndPort[] known = [.. Current.Brokers.OrderBy(broker => broker.Key).Select(broker => broker.Value)];
        int first = known.Length == 0 ? 0 : (int)((uint)Interlocked.Increment(ref _nextAsked) % (uint)known.Length);
        return known.Skip(first).Concat(known.Take(first)).Concat(options.BootstrapServers).Distinct();
    }

    private async Task<ClusterSnapshot> AskAsync(string[] topics)
    {
        MetadataRequest request = new() { AllowAutoTopicCreation = true };
        foreach (string topic in topics)
        {
            request.Topics!.Add().Name = topic;
        }

        UnreachableException? last = null;
        foreach (HostAndPort address in Addresses())
        {
            try
            {
                BrokerConnection connection = await pool.GetAsync(address, CancellationToken.None)
                    .ConfigureAwait(false);
                MetadataResponse response = await connection
                    .SendAsync(request, options.RequestTimeout, CancellationToken.None)
                    .ConfigureAwait(false);
                return Adopt(response);
            }
            catch (UnreachableException e)
            {
                last = e;
            }
        }

        throw last ?? new UnreachableException("no broker's address is known");
    }

    private ClusterSnapshot Adopt(MetadataResponse response)
    {
        lock (_lock)
        {
            FrozenDictionary<BrokerId, HostAndPort> brokers = response.Brokers.ToFrozenDictionary(
                broker => broker.NodeId,
                broker => new HostAndPort(broker.Host, broker.Port)
            );
            Dictionary<string, TopicSnapshot> topics = new(StringComparer.Ordinal);
            foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
            {
                if (topic.ErrorCode == ErrorCode.None && topic.Name is { } name)
                {
                    topics[name] = Newer(name, topic);
                }
            }

            ClusterSnapshot next = new(
                brokers,
                topics.ToFrozenDictionary(StringComparer.Ordinal),
                response.ControllerId,
                options.Clock.GetUtcNow()
            );
            Volatile.Write(ref _current, next);
            return next;
        }
    }

    /// <summary>The topic as the response has it, but for leaders of which a newer epoch is known already.</summary>
    private TopicSnapshot Newer(string name, MetadataResponse.MetadataResponseTopic topic)
    {
        PartitionLeader[] leaders = new PartitionLeader[topic.Partitions.Count];
        Array.Fill(leaders, new PartitionLeader(BrokerId.None, new Term(-1)));
        _current.Topics.TryGetValue(name, out TopicSnapshot? known);
        foreach (MetadataResponse.MetadataResponsePartition partition in topic.Partitions)
        {
            int index = partition.PartitionIndex;
            if ((uint)index >= (uint)leaders.Length)
            {
                continue;
            }

            leaders[index] = new PartitionLeader(partition.LeaderId, new Term(partition.LeaderEpoch));
            if (
                known is not null
                && known.Id == topic.TopicId
                && index < known.Leaders.Length
                && known.Leaders[index].Epoch > leaders[index].Epoch
            )
            {
                leaders[index] = known.Leaders[index];
            }
        }

        return new TopicSnapshot(name, topic.TopicId, [.. leaders]);
    }
}
