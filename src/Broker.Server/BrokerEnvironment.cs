using Broker.MetadataQuorum;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Network;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Server;

/// <summary>All that a broker takes from outside. The simulator gives its own of everything.</summary>
public sealed record BrokerEnvironment
{
    public required TimeProvider Time { get; init; }

    public required IScheduler Scheduler { get; init; }

    public required IFileSystem Files { get; init; }

    public required IPeerNetwork PeerNetwork { get; init; }

    /// <summary>Listens for clients. Throws <see cref="ListenerException"/> where it can't.</summary>
    public required Func<ListenerOptions, IClientListener> Listen { get; init; }

    public required OpenMetadataLog OpenMetadataLog { get; init; }

    /// <summary>Used by one caller at a time, at the start: whoever goes on drawing gets one of its own from
    /// it.</summary>
    public required Random Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>How groups are run, as far as no setting says it: the simulator makes everything small.</summary>
    public ReplicaHostOptions Replicas { get; init; } = ReplicaHostOptions.Default;

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
