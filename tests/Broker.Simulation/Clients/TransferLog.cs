using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Simulation.Clients;

/// <summary>Asks whoever coordinates a transactional id, or the group of the same name, or leads a partition.</summary>
internal sealed class TransferLog(KafkaClient client, string id)
{
    /// <summary>Asked again, it may be answered otherwise.</summary>
    public static readonly IReadOnlySet<ErrorCode> Later = new SortedSet<ErrorCode>
    {
        ErrorCode.ConcurrentTransactions, ErrorCode.CoordinatorLoadInProgress, ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotCoordinator, ErrorCode.NotLeaderOrFollower, ErrorCode.NotEnoughReplicas,
        ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.RequestTimedOut, ErrorCode.KafkaStorageError,
        ErrorCode.UnknownTopicOrPartition, ErrorCode.OperationNotAttempted,
    };

    /// <summary>The transaction was taken from the producer, which is told so in one way or another.</summary>
    public static readonly IReadOnlySet<ErrorCode> Fenced = new SortedSet<ErrorCode>
    {
        ErrorCode.None, ErrorCode.ProducerFenced, ErrorCode.InvalidProducerEpoch, ErrorCode.InvalidTxnState,
    };

    private const sbyte Group = 0;
    private const sbyte Transaction = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly BrokerId[] _coordinators = [BrokerId.None, BrokerId.None];

    public void Expect(string what, ErrorCode error, IReadOnlySet<ErrorCode> allowed)
    {
        if (!allowed.Contains(error))
            client.Complain($"{what} of {id} is answered with {error}");
    }

    /// <summary>Null: nobody could be asked.</summary>
    public Task<TResponse?> AskAsync<TResponse>(IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new() => AskAsync(Transaction, request, version);

    /// <summary>Null: nobody could be asked.</summary>
    public Task<TResponse?> AskGroupAsync<TResponse>(IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new() => AskAsync(Group, request, version);

    public async Task<TResponse?> AskLeaderAsync<TResponse>(
        PartitionId partition, string topic, IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new()
    {
        try
        {
            // Asked anew each time: what it was told before may be why it has to ask again.
            await client.DescribeAsync(topic, client.AnyBroker());
            BrokerId leader = client.LeaderOf(partition).Leader;
            return leader == BrokerId.None
                ? null
                : await (await client.LinkAsync(leader)).AskAsync(request, version, Patience);
        }
        catch (LinkLostException)
        {
            client.Forget(partition);
            return null;
        }
    }

    /// <summary>What the group has of the topic's first partition; null if that is not known, or not settled.</summary>
    public async Task<long?> FetchOffsetAsync(string topic)
    {
        var request = new OffsetFetchRequest { GroupId = id, RequireStable = true };
        OffsetFetchRequest.OffsetFetchRequestTopic wanted = request.Topics!.Add();
        wanted.Name = topic;
        wanted.PartitionIndexes.Add(0);
        OffsetFetchResponse? response = await AskAsync(Group, request, 7);
        if (response is not { ErrorCode: ErrorCode.None })
            return null;

        OffsetFetchResponse.OffsetFetchResponsePartition found = response.Topics[0].Partitions[0];
        return found.ErrorCode == ErrorCode.None ? found.CommittedOffset : null;
    }

    private async Task<TResponse?> AskAsync<TResponse>(sbyte kind, IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new()
    {
        BrokerId known = _coordinators[kind];
        // Whatever comes of it, the next time another may be asked: a stale coordinator answers, too.
        _coordinators[kind] = client.Queue.Chance(0.7) ? known : BrokerId.None;
        try
        {
            if (known == BrokerId.None)
            {
                KafkaLink any = await client.LinkAsync(client.AnyBroker());
                var ask = new FindCoordinatorRequest { Key = id, KeyType = kind };
                FindCoordinatorResponse found = await any.AskAsync(ask, 3, Patience);
                if (found.ErrorCode != ErrorCode.None)
                    return null;
                _coordinators[kind] = known = found.NodeId;
            }

            return await (await client.LinkAsync(known)).AskAsync(request, version, Patience);
        }
        catch (LinkLostException)
        {
            _coordinators[kind] = BrokerId.None;
            return null;
        }
    }
}
