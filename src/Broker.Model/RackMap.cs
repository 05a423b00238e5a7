namespace Broker.Model;

/// <summary>
/// Which brokers stand together and may fail together. One that names no rack is one of its own where others name
/// theirs; where nobody does, there is one rack.
/// </summary>
public sealed class RackMap
{
    private readonly Dictionary<BrokerId, string> _keys;
    private readonly bool _isRacked;

    public RackMap(IEnumerable<(BrokerId Broker, string? Rack)> brokers)
    {
        (BrokerId Broker, string? Rack)[] all = [.. brokers];
        _isRacked = all.Any(each => each.Rack is not null);
        _keys = all.Where(each => each.Rack is not null)
            .ToDictionary(each => each.Broker, each => $"rack {each.Rack}");
    }

    /// <summary>The same for two brokers of one rack, and for no others.</summary>
    public string KeyOf(BrokerId broker) =>
        !_isRacked ? "" : _keys.TryGetValue(broker, out string? key) ? key : $"broker {broker}";

    public bool AreTogether(BrokerId left, BrokerId right) =>
        !_isRacked || left == right
        || (_keys.TryGetValue(left, out string? key) && _keys.TryGetValue(right, out string? other) && key == other);

    /// <summary>In how many racks they stand.</summary>
    public int Count(IReadOnlyList<BrokerId> brokers)
    {
        int racks = 0;
        for (int i = 0; i < brokers.Count; i++)
        {
            int j = 0;
            while (j < i && !AreTogether(brokers[i], brokers[j]))
                j++;
            racks += j == i ? 1 : 0;
        }

        return racks;
    }
}
