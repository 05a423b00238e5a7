using Broker.MetadataQuorum;
using Broker.Replication;
using Broker.Server.Network;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Server;

public sealed partial record BrokerEnvironment
{
    /// <summary>The real machine.</summary>
    public static BrokerEnvironment Real(TimeProvider time, Random random, ILoggerFactory loggers)
    {
        var files = new PosixFileSystem();
        var quorumRandom = new Random(random.Next());
        return new BrokerEnvironment
        {
            Time = time,
            Scheduler = new ThreadScheduler(),
            Files = files,
            BootId = PosixFileSystem.ReadBootId(),
            PeerNetwork = new TcpPeerNetwork(),
            Listen = listener => SocketListener.Listen(listener.Name, listener.Bind),
            OpenMetadataLog = async (options, channel, fatal, cancellation) =>
            {
                var quorum = await MetadataQuorum.MetadataQuorum.OpenAsync(
                    options, new QuorumEnvironment(channel, files, time, quorumRandom, loggers), cancellation);
                _ = TellFailureAsync(quorum, fatal);
                return quorum;
            },
            Random = random,
            Loggers = loggers,
        };
    }

    private static async Task TellFailureAsync(MetadataQuorum.MetadataQuorum quorum, Action<Exception> fatal) =>
        fatal(await quorum.Failed);
}
