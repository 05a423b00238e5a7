using System.CommandLine;
using Broker.Cli;
using Broker.Cli.Commands.Cluster;
using Broker.Cli.Commands.Dev;
using Broker.Cli.Commands.Groups;
using Broker.Cli.Commands.Logs;
using Broker.Cli.Commands.Records;
using Broker.Cli.Commands.Serving;
using Broker.Cli.Commands.Topics;

RootCommand root = new(
    "A distributed message engine that speaks the Kafka wire protocol, and the tools to run and use it.")
{
    new ServeCommand(),
    new DevCommand(),
    new Command("topic", "Create, list, describe, alter and delete topics, and delete their oldest records")
    {
        new CreateTopicCommand(),
        new ListTopicsCommand(),
        new DescribeTopicCommand(),
        new AlterTopicCommand(),
        new DeleteTopicCommand(),
        new DeleteRecordsCommand(),
    },
    new ProduceCommand(),
    new ConsumeCommand(),
    new Command("group", "Look at groups of consumers: who is in them, and how far they are; delete or reset them")
    {
        new ListGroupsCommand(),
        new DescribeGroupCommand(),
        new DeleteGroupCommand(),
        new ResetGroupCommand(),
    },
    new Command("cluster", "Look at the cluster, move replicas, change who votes on the metadata, end an update")
    {
        new ClusterStatusCommand(),
        new ClusterHealthCommand(),
        new RaftCommand(),
        new ReassignCommand(),
        new ReassignmentsCommand(),
        new DecommissionCommand(),
        new RebalanceCommand(),
        new VotersCommand(),
        new FeaturesCommand(),
        new FinalizeCommand(),
    },
    new Command("log", "Look into data directories, with their brokers stopped")
    {
        new DumpLogCommand(),
        new VerifyLogCommand(),
    },
};

return await Invocation.RunAsync(root, args);
