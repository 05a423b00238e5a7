namespace Broker.Metadata;

/// <summary>How much may be expected of a broker that replicas could be given to; the best first.</summary>
internal enum BrokerStanding
{
    Sound,

    /// <summary>Not fenced, but whoever decides can't reach it just now.</summary>
    Doubted,

    Fenced,
}
