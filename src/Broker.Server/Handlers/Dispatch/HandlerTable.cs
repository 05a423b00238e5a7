using Broker.Server.Handlers.Configs;
using Broker.Server.Handlers.Groups;
using Broker.Server.Handlers.Transactions;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>All handlers that there are: what is not listed here is neither served nor advertised.</summary>
public static class HandlerTable
{
    public static ApiDispatcher Create(HandlerServices services)
    {
        List<ApiHandler> handlers =
        [
            new ProduceHandler(services),
            new FetchHandler(services),
            new ListOffsetsHandler(services),
            new MetadataHandler(services),
            new OffsetCommitHandler(services),
            new OffsetFetchHandler(services),
            new FindCoordinatorHandler(services),
            new JoinGroupHandler(services),
            new HeartbeatHandler(services),
            new LeaveGroupHandler(services),
            new SyncGroupHandler(services),
            new DescribeGroupsHandler(services),
            new ListGroupsHandler(services),
            new DeleteGroupsHandler(services),
            new OffsetDeleteHandler(services),
            new CreateTopicsHandler(services),
            new DeleteTopicsHandler(services),
            new DeleteRecordsHandler(services),
            new InitProducerIdHandler(services),
            new OffsetForLeaderEpochHandler(services),
            new DescribeConfigsHandler(services),
            new AlterConfigsHandler(services),
            new DescribeLogDirsHandler(services),
            new CreatePartitionsHandler(services),
            new ElectLeadersHandler(services),
            new IncrementalAlterConfigsHandler(services),
            new AlterPartitionReassignmentsHandler(services),
            new ListPartitionReassignmentsHandler(services),
            new DescribeQuorumHandler(services),
            new UpdateFeaturesHandler(services),
            new DescribeClusterHandler(services),
            new DescribeTopicPartitionsHandler(services),
        ];
        if (services.Voters is { } voters)
        {
            handlers.Add(new AddRaftVoterHandler(services, voters));
            handlers.Add(new RemoveRaftVoterHandler(services, voters));
        }

        if (services.Options.Transactions.AreServed)
            handlers.AddRange(OfTransactions(services));
        handlers.Add(new ApiVersionsHandler(services, handlers));
        return new ApiDispatcher(handlers, services);
    }

    private static IEnumerable<ApiHandler> OfTransactions(HandlerServices services) =>
    [
        new AddPartitionsToTxnHandler(services),
        new AddOffsetsToTxnHandler(services),
        new EndTxnHandler(services),
        new TxnOffsetCommitHandler(services),
        new DescribeTransactionsHandler(services),
        new ListTransactionsHandler(services),
    ];
}
