using Broker.Model;
using Broker.Server.Groups.Log;

namespace Broker.Server.Groups.State;

/// <summary>
/// What the records of one partition of __consumer_offsets come to: for every group its metadata and its offsets, the
/// last record of each key. No locks.
/// </summary>
internal sealed class GroupTable
{
    private static readonly SortedDictionary<TopicPartition, CommittedOffset> NoOffsets = new(ByTopic.Order);

    private readonly SortedDictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>All that have metadata or offsets, in the order of their ids.</summary>
    public IReadOnlyCollection<string> Ids => _groups.Keys;

    /// <summary>Of transactions that are open.</summary>
    public PendingOffsets Pending { get; } = new();

    public StoredGroup? MetadataOf(string group) => _groups.GetValueOrDefault(group)?.Metadata;

    /// <summary>In the order of topics and partitions.</summary>
    public IReadOnlyDictionary<TopicPartition, CommittedOffset> OffsetsOf(string group) =>
        _groups.GetValueOrDefault(group)?.Offsets ?? NoOffsets;

    public void Apply(GroupRecord record)
    {
        switch (record)
        {
            case PendingOffset pending:
                Pending.Add(pending);
                break;
            case TransactionEnded ended:
                foreach (OffsetRecord committed in Pending.End(ended.Producer, ended.IsCommit))
                    Set(committed);
                break;
            case OffsetRecord offset:
                Pending.Override(offset);
                Set(offset);
                break;
            default:
                Set(record);
                break;
        }
    }

    /// <summary>Records that make the same table out of an empty one, but for what is pending; the same for the same
    /// table.</summary>
    public IEnumerable<GroupRecord> Records()
    {
        foreach ((string id, Group group) in _groups)
        {
            if (group.Metadata is { } metadata)
                yield return new GroupMetadataRecord(id, metadata);
            foreach ((TopicPartition partition, CommittedOffset offset) in group.Offsets)
                yield return new OffsetRecord(id, partition, offset);
        }
    }

    public void Clear()
    {
        _groups.Clear();
        Pending.Clear();
    }

    private void Set(GroupRecord record)
    {
        if (!_groups.TryGetValue(record.Group, out Group? group))
            _groups.Add(record.Group, group = new Group());
        switch (record)
        {
            case OffsetRecord { Offset: { } offset } committed:
                group.Offsets[committed.Partition] = offset;
                break;
            case OffsetRecord gone:
                group.Offsets.Remove(gone.Partition);
                break;
            case GroupMetadataRecord metadata:
                group.Metadata = metadata.Stored;
                break;
        }

        if (group.Metadata is null && group.Offsets.Count == 0)
            _groups.Remove(record.Group);
    }

    private sealed class Group
    {
        public StoredGroup? Metadata { get; set; }

        public SortedDictionary<TopicPartition, CommittedOffset> Offsets { get; } = new(ByTopic.Order);
    }
}
