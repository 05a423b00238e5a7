using Broker.Metadata;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>
/// The cluster's feature level as Kafka's clients and tools see it: one feature (KIP-584), under a name of its own,
/// since the levels of Kafka's metadata.version mean what Kafka's brokers can do.
/// </summary>
internal static class BrokerFeature
{
    public const string Name = "broker.version";
    public const short Oldest = FeatureLevel.Oldest;
    public const short Newest = FeatureLevel.Newest;
}
