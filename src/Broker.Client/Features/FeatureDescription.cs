namespace Broker.Client.Features;

/// <summary>What the brokers of a cluster have agreed to write, and what each of them could.</summary>
/// <param name="Level">The cluster's feature level; null if no broker's version tells.</param>
/// <param name="Brokers">The brokers that live, by id.</param>
public sealed record FeatureDescription(int? Level, IReadOnlyList<BrokerLevels> Brokers)
{
    /// <summary>The newest level that every broker supports that tells; null if none does.</summary>
    public int? SupportedByAll => Brokers.Min(broker => broker.Newest);

    /// <summary>Those that support no level as new as others do, by id.</summary>
    public IEnumerable<BrokerLevels> HoldingBack
    {
        get
        {
            int? newest = Brokers.Max(broker => broker.Newest);
            return Brokers.Where(broker => broker.Newest is null || broker.Newest < newest);
        }
    }
}
