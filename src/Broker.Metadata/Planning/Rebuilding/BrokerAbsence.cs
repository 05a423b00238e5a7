using Broker.Model;

namespace Broker.Metadata;

/// <summary>
/// Which brokers have been fenced, each as one process, for so long that they are not waited for any more. A new
/// metadata leader knows only what it has seen itself, so that for it the time begins anew: too late is safe. Not
/// shared between threads. Times are readings of one monotonic clock.
/// </summary>
public sealed class BrokerAbsence(TimeSpan patience)
{
    private readonly SortedDictionary<BrokerId, (ProcessIncarnation Process, TimeSpan Since)> _away = [];

    public void Restart() => _away.Clear();

    /// <summary>Those that are overdue by now; in the order of ids.</summary>
    public IReadOnlySet<BrokerId> Overdue(ClusterImage image, TimeSpan now)
    {
        SortedSet<BrokerId> overdue = [];
        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            if (broker.IsAlive)
            {
                _away.Remove(broker.Id);
            }
            else if (!_away.TryGetValue(broker.Id, out var seen) || seen.Process != broker.Process)
            {
                // It was there in between, though nobody looked just then.
                _away[broker.Id] = (broker.Process, now);
            }
            else if (now - seen.Since >= patience)
            {
                overdue.Add(broker.Id);
            }
        }

        return overdue;
    }
}
