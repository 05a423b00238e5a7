using Broker.Model;

namespace Broker.Metadata;

/// <summary>What a broker carries while replicas are being placed.</summary>
internal sealed class BrokerLoad(BrokerRegistration broker, RackLoad rack, bool isDoubted)
{
    public BrokerId Id { get; } = broker.Id;

    public BrokerStanding Standing { get; } = broker.Fenced ? BrokerStanding.Fenced
        : isDoubted ? BrokerStanding.Doubted
        : BrokerStanding.Sound;

    public RackLoad Rack { get; } = rack;

    /// <summary>Replicas of the topic that is being placed.</summary>
    public int InTopic { get; set; }

    /// <summary>Replicas of all topics.</summary>
    public int InAll { get; set; }

    /// <summary>Partitions of this topic of which the broker is the preferred leader.</summary>
    public int LeadsInTopic { get; set; }

    /// <summary>The same over all topics.</summary>
    public int LeadsInAll { get; set; }
}
