using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller.Membership;

/// <summary>
/// What this broker has to say of the partitions that it leads. A partition is said again at every beat until the
/// image agrees,
/// so a lost report, or a metadata leader that died with it, needs no care; what the image knows costs nothing.
/// </summary>
internal sealed class LeadershipReporter
{
    // A burst (a broker came back with thousands of partitions) goes out in several beats.
    private const int MostPerBeat = 2_000;

    private readonly Lock _gate = new();
    private readonly SortedSet<PartitionId> _unsaid = [];
    private readonly Func<PartitionId, LeadershipReport?> _current;

    /// <param name="current">What there is to report of a partition; null if this broker does not lead it.</param>
    public LeadershipReporter(Func<PartitionId, LeadershipReport?> current) => _current = current;

    /// <summary>Fires when there is something to say.</summary>
    public Pulse Due { get; } = new();

    public bool HasUnsaid
    {
        get
        {
            lock (_gate)
                return _unsaid.Count > 0;
        }
    }

    /// <summary>Leadership of the partition or its replicas in sync changed here. Any thread.</summary>
    public void Changed(PartitionId partition)
    {
        bool added;
        lock (_gate)
            added = _unsaid.Add(partition);
        if (added)
            Due.Fire();
    }

    /// <summary>
    /// The image was told something of a partition. If by this broker, it may have been overtaken: a change that was
    /// taken back before its report was applied looked, until now, like none.
    /// </summary>
    public void Told(PartitionId partition, bool byThisBroker)
    {
        if (byThisBroker)
            Changed(partition);
    }

    public ImmutableArray<LeadershipReport> Take(ClusterImage image)
    {
        PartitionId[] unsaid;
        lock (_gate)
            unsaid = [.. _unsaid.Take(MostPerBeat)];

        ImmutableArray<LeadershipReport>.Builder reports = ImmutableArray.CreateBuilder<LeadershipReport>();
        foreach (PartitionId id in unsaid)
        {
            // Taken out first: a change from here on is put in again.
            lock (_gate)
                _unsaid.Remove(id);
            if (_current(id) is not { } report || image.FindPartition(id) is not { } known || Agrees(known, report))
                continue;

            reports.Add(report);
            lock (_gate)
                _unsaid.Add(id);
        }

        return reports.ToImmutable();
    }

    private static bool Agrees(PartitionImage known, LeadershipReport report) =>
        known.Term > report.Term
        || (known.Term == report.Term && known.Leader == report.Leader && known.InSync.SequenceEqual(report.InSync));
}
