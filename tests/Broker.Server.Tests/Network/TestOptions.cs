using Broker.Server.Configuration;

namespace Broker.Server.Tests.Network;

/// <summary>A broker's options with everything at its default but what a test says on the command line.</summary>
internal static class TestOptions
{
    public static BrokerOptions With(params string[] arguments) => BrokerOptionsLoader.Load(
        "test",
        """
        {
          "broker.id": 1, "data.dir": "unused", "listeners.client.bind": "127.0.0.1:9092",
          "peer.bind": "127.0.0.1:9192", "metadata.voters": "1@127.0.0.1:9192"
        }
        """,
        [],
        arguments);
}
