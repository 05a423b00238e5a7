namespace Broker.Server.Groups.Classic;

/// <summary>
/// Member ids that were given out and whose owners have not come back with them yet (KIP-394). A rebalance waits for
/// them as for members.
/// </summary>
internal sealed class PromisedIds
{
    private readonly SortedDictionary<string, TimeSpan> _ends = new(StringComparer.Ordinal);

    public int Count => _ends.Count;

    public TimeSpan Earliest => Count == 0 ? GroupDeadlines.Never : _ends.Values.Min();

    public bool Contains(string memberId) => _ends.ContainsKey(memberId);

    public void Add(string memberId, TimeSpan end) => _ends.Add(memberId, end);

    public bool Remove(string memberId) => _ends.Remove(memberId);

    public void Expire(TimeSpan now)
    {
        foreach (string late in _ends.Where(promise => promise.Value <= now).Select(promise => promise.Key).ToList())
            _ends.Remove(late);
    }

    public void Clear() => _ends.Clear();
}
