using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Broker.Server.Coordination;
using Broker.Server.Elections;
using Broker.Server.Groups;
using Broker.Server.Network;
using Broker.Server.Network.Frames;
using Broker.Server.Partitions;
using Broker.Server.Transactions;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>What handlers work with.</summary>
public sealed class HandlerServices
{
    private readonly Lock _randomGate = new();
    private ResponseMemory? _responseMemory;
    private InternalTopic? _offsetsTopic;
    private InternalTopic? _transactionsTopic;

    public required BrokerOptions Options { get; init; }

    public required IClusterView Cluster { get; init; }

    public required IController Controller { get; init; }

    public required IElections Elections { get; init; }

    /// <summary>Null where the metadata log has a fixed set of voters; nothing is told or changed then.</summary>
    public IMetadataVoters? Voters { get; init; }

    public required IPartitions Partitions { get; init; }

    /// <summary>Measured at the call.</summary>
    public required Func<DiskSpace> DiskSpace { get; init; }

    public required Deadlines Deadlines { get; init; }

    /// <summary>Used by handlers alone.</summary>
    public required Random Random { private get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Needed by the handlers of group requests alone.</summary>
    internal GroupCoordinators Groups { get; init; } = null!;

    /// <summary>Needed by the handlers of transactions alone.</summary>
    internal TransactionCoordinators Transactions { get; init; } = null!;

    internal InternalTopic OffsetsTopic => _offsetsTopic ??= new(
        Cluster,
        Controller,
        InternalTopics.ConsumerOffsets,
        () => InternalTopics.OffsetsWish(
            NewTopicId(),
            Options.Offsets.TopicPartitions,
            Options.Offsets.TopicReplicas,
            Options.Topics.MinInSyncReplicas),
        "offsets.topic.replication.factor");

    internal InternalTopic TransactionsTopic => _transactionsTopic ??= new(
        Cluster,
        Controller,
        InternalTopics.TransactionState,
        () => InternalTopics.TransactionsWish(
            NewTopicId(),
            Options.Transactions.TopicPartitions,
            Options.Transactions.TopicReplicas,
            Options.Topics.MinInSyncReplicas),
        "transaction.state.log.replication.factor");

    public NameCache Names { get; } = new();

    public ResponsePool Responses { get; } = new();

    /// <summary>Memory for records on their way to clients.</summary>
    internal ResponseMemory ResponseMemory => _responseMemory ??= new(Options.Requests.QueuedResponseBytes);

    /// <summary>Draws a number for a fetch session.</summary>
    internal int NewFetchSession()
    {
        lock (_randomGate)
            return Random.Next(1, int.MaxValue);
    }

    internal TopicId NewTopicId()
    {
        lock (_randomGate)
            return TopicId.New(Random);
    }
}
