using Broker.Model;
using Broker.Server.Groups.Log;

namespace Broker.Server.Groups.State;

// An offset that is committed overrides whatever was appended before it, also what is pending: that is dropped then,
// and nobody has to remember which came first.

/// <summary>Offsets of open transactions, in the order in which they were appended. No locks.</summary>
internal sealed class PendingOffsets
{
    private readonly List<PendingOffset> _pending = [];

    /// <summary>In the order of the log.</summary>
    public IReadOnlyList<PendingOffset> All => _pending;

    public bool Has(string group) => _pending.Exists(each => each.Group == group);

    public bool Has(string group, TopicPartition partition) =>
        _pending.Exists(each => each.Group == group && each.Offset.Partition == partition);

    public void Add(PendingOffset offset) => _pending.Add(offset);

    /// <summary>Takes out what a producer's transaction leaves, the last of each partition.</summary>
    public IReadOnlyList<OffsetRecord> End(ProducerId producer, bool isCommit)
    {
        var committed = new List<OffsetRecord>();
        for (int i = _pending.Count - 1; i >= 0 && isCommit; i--)
        {
            OffsetRecord offset = _pending[i].Offset;
            if (_pending[i].Producer != producer || committed.Exists(each => IsSame(each, offset)))
                continue;
            committed.Add(offset);

            // Of other transactions, too: what was appended before this must not come after it.
            for (int before = i - 1; before >= 0; before--)
            {
                if (IsSame(_pending[before].Offset, offset))
                {
                    _pending.RemoveAt(before);
                    i--;
                }
            }
        }

        _pending.RemoveAll(each => each.Producer == producer);
        return committed;
    }

    /// <summary>Drops what is pending for a partition of a group.</summary>
    public void Override(OffsetRecord committed) => _pending.RemoveAll(each => IsSame(each.Offset, committed));

    public void Clear() => _pending.Clear();

    private static bool IsSame(OffsetRecord one, OffsetRecord other) =>
        one.Group == other.Group && one.Partition == other.Partition;
}
