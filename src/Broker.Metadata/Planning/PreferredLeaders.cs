using Broker.Model;

namespace Broker.Metadata;

// A leadership goes back to the first replica of its list that is not on a draining broker when
//   that broker has been up, as one process, for so long (patience) as its leader knows
//   the partition has been led here, in one term, for as long: so what fails again and again is moved back once in
//     that time, not in a circle
//   its replica is in sync; that it has room and is close enough is looked at by the group, in the step that hands over

/// <summary>
/// Which of the leaderships that a broker has are due to go back to preferred replicas. Not shared between threads: its
/// owner is whoever carries them out. Times are readings of one monotonic clock.
/// </summary>
public sealed class PreferredLeaders(BrokerId self, TimeSpan patience)
{
    private SortedDictionary<BrokerId, (ProcessIncarnation Process, TimeSpan Since)> _up = [];
    private SortedDictionary<PartitionId, (Term Term, TimeSpan Since)> _led = [];

    /// <summary>Something that is led here belongs elsewhere: to be looked at again though nothing happens.</summary>
    public bool HasAny => _led.Count > 0;

    /// <summary>
    /// At most so many, in turn for each broker that gets some. What is named here is not named again for another
    /// patience: if it was not taken, there is a reason.
    /// </summary>
    /// <param name="led">Of every partition that is led here, as it would be reported now.</param>
    public IReadOnlyList<Handover> Decide(
        ClusterImage image, IEnumerable<LeadershipReport> led, TimeSpan now, int most)
    {
        FollowBrokers(image, now);
        var due = new SortedDictionary<BrokerId, List<Handover>>();
        SortedDictionary<PartitionId, (Term Term, TimeSpan Since)> elsewhere = [];
        foreach (LeadershipReport report in led)
        {
            var id = new PartitionId(report.Topic, report.Partition);
            if (PreferredElsewhere(image, id) is not { } preferred)
                continue;

            TimeSpan since = _led.TryGetValue(id, out var before) && before.Term == report.Term ? before.Since : now;
            elsewhere.Add(id, (report.Term, since));
            if (now - since >= patience && IsUp(preferred, now) && report.InSync.Contains(preferred))
                ListFor(due, preferred).Add(new Handover(id, preferred));
        }

        _led = elsewhere;
        return Take(due, now, most);
    }

    private static List<Handover> ListFor(SortedDictionary<BrokerId, List<Handover>> lists, BrokerId broker)
    {
        if (!lists.TryGetValue(broker, out List<Handover>? list))
            lists.Add(broker, list = []);
        return list;
    }

    private void FollowBrokers(ClusterImage image, TimeSpan now)
    {
        SortedDictionary<BrokerId, (ProcessIncarnation Process, TimeSpan Since)> up = [];
        foreach (BrokerRegistration broker in image.Brokers.Values.Where(broker => broker.IsAlive))
        {
            bool same = _up.TryGetValue(broker.Id, out var before) && before.Process == broker.Process;
            up.Add(broker.Id, (broker.Process, same ? before.Since : now));
        }

        _up = up;
    }

    private bool IsUp(BrokerId broker, TimeSpan now) =>
        _up.TryGetValue(broker, out var found) && now - found.Since >= patience;

    private BrokerId? PreferredElsewhere(ClusterImage image, PartitionId id) =>
        image.FindPartition(id) is { } partition && image.PreferredLeader(partition) is var first && first != self
            ? first
            : null;

    private List<Handover> Take(SortedDictionary<BrokerId, List<Handover>> due, TimeSpan now, int most)
    {
        List<Handover> taken = [];
        for (int round = 0; taken.Count < most && due.Values.Any(list => list.Count > round); round++)
            taken.AddRange(due.Values.Where(list => list.Count > round).Select(list => list[round]));
        if (taken.Count > most)
            taken.RemoveRange(most, taken.Count - most);

        foreach (Handover handover in taken)
            _led[handover.Partition] = _led[handover.Partition] with { Since = now };
        return taken;
    }
}
