using Broker.Server;
using Broker.Server.Configuration;

namespace Broker.Cli.Commands.Dev;

/// <summary>One of the brokers in this process.</summary>
internal sealed record DevBroker(BrokerOptions Options, BrokerNode Node);
