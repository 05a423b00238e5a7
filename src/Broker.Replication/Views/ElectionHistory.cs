using System.Collections.Immutable;
using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// The last elections of all groups of an owner loop, in memory alone. One ring for all, so that a group that holds no
/// elections costs nothing; the oldest go first. OWNER only.
/// </summary>
internal sealed class ElectionHistory(TimeProvider time)
{
    public const int Capacity = 2048;

    private readonly List<ElectionRecord> _ring = [];
    private int _oldest;

    public DateTimeOffset Now => time.GetUtcNow();

    public void Add(PartitionId partition, Term term, BrokerId leader, CampaignReason reason)
    {
        var record = new ElectionRecord(partition, term, leader, Now, reason);
        if (_ring.Count < Capacity)
        {
            _ring.Add(record);
            return;
        }

        _ring[_oldest] = record;
        _oldest = (_oldest + 1) % Capacity;
    }

    /// <summary>Of one partition, the latest first.</summary>
    public ImmutableArray<ElectionRecord> Of(PartitionId partition, int atMost)
    {
        ImmutableArray<ElectionRecord>.Builder found = ImmutableArray.CreateBuilder<ElectionRecord>();
        for (int i = _ring.Count - 1; i >= 0 && found.Count < atMost; i--)
        {
            ElectionRecord record = _ring[(_oldest + i) % _ring.Count];
            if (record.Partition == partition)
                found.Add(record);
        }

        return found.DrainToImmutable();
    }
}
