using Broker.Metadata;
using Broker.Model;

namespace Broker.MetadataQuorum.Tests;

/// <summary>Records whose order and number can be read off the image.</summary>
internal static class Records
{
    /// <summary>Always applies: broker 1 registers with another port.</summary>
    public static BrokerRegistered Numbered(int number, int broker = 1) => new(
        new BrokerId(broker),
        new Incarnation(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
        new ProcessIncarnation(new Guid(number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
        new HostAndPort("127.0.0.1", number),
        [],
        null,
        FeatureLevel.Oldest,
        FeatureLevel.Newest);

    /// <summary>Applies once, at its place.</summary>
    public static ProducerIdsAllocated Block(long number) => new(new BrokerId(1), number * 10, 10);

    public static int Number(ClusterImage image, int broker = 1) =>
        image.Brokers.TryGetValue(new BrokerId(broker), out BrokerRegistration? found) ? found.Peer.Port : -1;
}
