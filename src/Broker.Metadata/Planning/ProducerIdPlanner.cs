using Broker.Model;

namespace Broker.Metadata;

/// <summary>Hands out producer ids in blocks: a broker needs the metadata group once in 1,000 producers.</summary>
public static class ProducerIdPlanner
{
    public const int BlockSize = 1000;

    /// <summary>The next block, for this process of the broker; its predecessor's rest is lost.</summary>
    public static Plan NextBlock(ClusterImage image, BrokerId broker, ProcessIncarnation process)
    {
        if (!image.Brokers.TryGetValue(broker, out BrokerRegistration? found) || found.Process != process)
        {
            return Plan.Refuse(RefusalReason.StaleBroker, $"Broker {broker} is not registered with that process.");
        }

        return Plan.Of(new ProducerIdsAllocated(broker, image.NextProducerId, BlockSize));
    }
}
