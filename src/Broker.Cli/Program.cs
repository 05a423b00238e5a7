using System.CommandLine;
using Broker.Cli;
using Broker.Cli.Commands;

RootCommand root = new("A distributed message engine that speaks the Kafka wire protocol, and the tools to run and use it.")
{
    TopicCommand.Create(),
    ProduceCommand.Create(),
    ConsumeCommand.Create(),
    ClusterCommand.Create(),
};

return await Invocation.RunAsync(root, args);
